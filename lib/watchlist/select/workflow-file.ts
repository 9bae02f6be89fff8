/** Reports whether a `workflow` claim of a watch list is meant as a file, and not as the name that a workflow gives itself. */
export function isWorkflowFile(claim: string): boolean {
  return claim.includes(".github/workflows/") || /\.ya?ml$/.test(claim);
}
