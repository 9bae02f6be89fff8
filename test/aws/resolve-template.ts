import { namePhysically, type PhysicalNames } from "./name-physically.ts";

/** A CloudFormation template as CDK writes it. Of what it may hold, only this is read. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Condition?: string }>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly Condition?: string;
}

export type Properties = Readonly<Record<string, unknown>>;

/** Where the stack would be deployed. */
export interface StackPlace {
  readonly region: string;
  readonly account: string;
  readonly stackName: string;
  /** Values of parameters that have no default, or another than their default. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface ResolvedResource {
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
  readonly names: PhysicalNames;
}

export interface ResolvedTemplate {
  readonly place: StackPlace;
  readonly resources: readonly ResolvedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What `AWS::NoValue` resolves to: the property is not there. */
const NOTHING = Symbol("AWS::NoValue");

/**
 * The template with every intrinsic function replaced by the value that it has in `place`; physical names are made from logical ids,
 * so that two resolutions are equal. Resources whose condition is false are left out.
 * @throws Error for what is referred to and not there, for circles, and for functions that CDK does not write into one stack.
 */
export function resolveTemplate(template: Template, place: StackPlace): ResolvedTemplate {
  const resolver = new Resolver(template, place);
  const outputs = Object.entries(template.Outputs ?? {}).filter(([, { Condition }]) => resolver.holds(Condition));
  return {
    place,
    resources: Object.entries(template.Resources).flatMap(([id, { Type, Properties = {}, Condition }]) =>
      resolver.holds(Condition)
        ? [{ id, type: Type, properties: resolver.resolve(Properties) as Properties, names: resolver.namesOf(id) }]
        : [],
    ),
    outputs: Object.fromEntries(outputs.map(([name, { Value }]) => [name, resolver.resolve(Value)])),
  };
}

/** Resources of one type, in the order of the template. */
export function resourcesOf({ resources }: ResolvedTemplate, ...types: string[]): ResolvedResource[] {
  return resources.filter(({ type }) => types.includes(type));
}

class Resolver {
  readonly #template: Template;
  readonly #place: StackPlace;
  readonly #names = new Map<string, PhysicalNames | "being named">();

  constructor(template: Template, place: StackPlace) {
    this.#template = template;
    this.#place = place;
  }

  holds(condition: string | undefined): boolean {
    if (condition === undefined) return true;
    const definition = this.#template.Conditions?.[condition];
    if (definition === undefined) throw new Error(`resolve template: there is no condition ${condition}`);
    return this.resolve(definition) === true;
  }

  namesOf(id: string): PhysicalNames {
    const known = this.#names.get(id);
    if (known === "being named") throw new Error(`resolve template: the name of ${id} depends on itself`);
    if (known) return known;
    const resource = this.#template.Resources[id];
    if (!resource) throw new Error(`resolve template: there is no resource ${id}`);
    this.#names.set(id, "being named");
    const names = namePhysically(id, resource.Type, this.#place, (property) => this.resolve(resource.Properties?.[property]));
    this.#names.set(id, names);
    return names;
  }

  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item)).filter((item) => item !== NOTHING);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (entries.length === 1 && (name === "Ref" || name === "Condition" || name?.startsWith("Fn::")))
      // A resource policy has a property Condition too: that one is an object.
      if (name !== "Condition" || typeof argument === "string") return this.#call(name, argument);
    return Object.fromEntries(entries.map(([key, item]) => [key, this.resolve(item)] as const).filter(([, item]) => item !== NOTHING));
  }

  #call(name: string, argument: unknown): unknown {
    const list = (): unknown[] => {
      const items = this.resolve(argument);
      if (!Array.isArray(items)) throw new Error(`resolve template: ${name} takes a list`);
      return items;
    };
    switch (name) {
      case "Ref":
        return this.#refer(String(argument));
      case "Condition":
        return this.holds(String(argument));
      case "Fn::GetAtt": {
        const [id, attribute] = Array.isArray(argument) ? (this.resolve(argument) as string[]) : splitAttribute(String(argument));
        return this.namesOf(id!).attribute(attribute!);
      }
      case "Fn::Join": {
        const [separator, parts] = list() as [string, unknown[]];
        return parts.join(separator);
      }
      case "Fn::Select": {
        const [index, items] = list() as [number | string, unknown[]];
        return items[Number(index)];
      }
      case "Fn::Split": {
        const [separator, text] = list() as [string, string];
        return text.split(separator);
      }
      case "Fn::Sub":
        return this.#substitute(argument);
      case "Fn::If": {
        const [condition, then, otherwise] = argument as [string, unknown, unknown];
        return this.resolve(this.holds(condition) ? then : otherwise);
      }
      case "Fn::Equals": {
        const [one, other] = list();
        return String(one) === String(other);
      }
      case "Fn::Not":
        return list()[0] !== true;
      case "Fn::And":
        return list().every((item) => item === true);
      case "Fn::Or":
        return list().includes(true);
      case "Fn::FindInMap": {
        const path = list() as string[];
        return path.reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], this.#template.Mappings);
      }
      case "Fn::Base64":
        return Buffer.from(String(this.resolve(argument))).toString("base64");
      case "Fn::GetAZs":
        return ["a", "b"].map((zone) => `${this.#place.region}${zone}`);
      default:
        throw new Error(`resolve template: ${name} is not supported`);
    }
  }

  #refer(name: string): unknown {
    const { region, account, stackName, parameters } = this.#place;
    const pseudo: Record<string, unknown> = {
      "AWS::Region": region,
      "AWS::AccountId": account,
      "AWS::Partition": "aws",
      "AWS::URLSuffix": "amazonaws.com",
      "AWS::StackName": stackName,
      "AWS::StackId": `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/local`,
      "AWS::NotificationARNs": [],
      "AWS::NoValue": NOTHING,
    };
    if (name in pseudo) return pseudo[name];
    const parameter = this.#template.Parameters?.[name];
    if (!parameter) return this.namesOf(name).ref;
    const value = parameters?.[name] ?? parameter.Default;
    if (value === undefined) throw new Error(`resolve template: the parameter ${name} has no value`);
    return parameter.Type === "CommaDelimitedList" && typeof value === "string" ? value.split(",") : value;
  }

  #substitute(argument: unknown): string {
    const [text, more] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Record<string, unknown>];
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in more) return String(this.resolve(more[name]));
      if (name.startsWith("AWS::") || !name.includes(".")) return String(this.#refer(name));
      const [id, attribute] = splitAttribute(name);
      return this.namesOf(id).attribute(attribute);
    });
  }
}

function splitAttribute(text: string): [string, string] {
  const dot = text.indexOf(".");
  return [text.slice(0, dot), text.slice(dot + 1)];
}
