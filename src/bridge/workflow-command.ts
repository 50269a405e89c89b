// Is this command one that runs a workflow?

import type { CommandSpec } from '../contract/policy.ts'

export type WorkflowCommand = CommandSpec & {
  readonly does: Extract<CommandSpec['does'], { readonly kind: 'workflow' }>
}

/** Undefined: it is a command of the bridge itself, or there is none. */
export function workflowOf(spec: CommandSpec | undefined): WorkflowCommand | undefined {
  return spec?.does.kind === 'workflow' ? { ...spec, does: spec.does } : undefined
}
