import { RE2JS } from "re2js";

/** Puts a tag into `{tag}`, and the tag without a leading `v` into `{version}`. */
export function fillTemplate(template: string, tag: string): string {
  return template.replaceAll("{tag}", () => tag).replaceAll("{version}", () => versionOf(tag));
}

/** Does the same for a pattern. The characters of the tag stand for themselves there. */
export function fillPattern(pattern: string, tag: string): string {
  return pattern.replaceAll("{tag}", () => RE2JS.quote(tag)).replaceAll("{version}", () => RE2JS.quote(versionOf(tag)));
}

function versionOf(tag: string): string {
  return tag.replace(/^v/, "");
}
