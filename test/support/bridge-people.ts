// What people do in tests of the bridge besides writing: they give commands, press buttons, send forms.

import type { ActionEvent, OptionValue } from '../../src/contract/event.ts'
import type { Control, Form } from '../../src/contract/platform.ts'
import type { CommandSpec, OptionSpec, Policy } from '../../src/contract/policy.ts'
import { message, policy, type Act } from './bridge-events.ts'
import type { BridgeHarness } from './bridge-harness.ts'

export type PressAct = Act & Omit<Partial<ActionEvent>, keyof Act>

/** A button pressed; with `values`, a form sent. */
export function press(token: string, act: PressAct = {}): ActionEvent {
  const { values, opensForm, kind: _kind, token: _token, messageId: _on, ...who } = act
  const { id, address, chatKind, sender, replyTarget, sentAtMs } = message('', who)
  return {
    kind: 'action',
    token,
    ...{ id, address, chatKind, sender, replyTarget, sentAtMs },
    ...(values === undefined ? {} : { values }),
    ...(opensForm === undefined ? {} : { opensForm }),
  }
}

/** The buttons below the newest message that has any. */
export function buttonsOf({ platform }: BridgeHarness): readonly Control[] {
  return platform.messages.findLast(({ controls }) => controls.length > 0)?.controls ?? []
}

/** What buttons say, as a person reads them. */
export function labelsOf(h: BridgeHarness): readonly string[] {
  return buttonsOf(h).map((control) => ('label' in control ? control.label : control.kind))
}

export function tokenOf(h: BridgeHarness, label: string): string {
  const control = buttonsOf(h).find((one) => 'label' in one && one.label === label)
  if (!control || !('token' in control))
    throw new Error(`no button says "${label}": ${labelsOf(h).join(', ')}`)
  return control.token
}

/** The form that stands in the newest message that holds one. */
export function formOn({ platform }: BridgeHarness): Form {
  const form = platform.messages.findLast(({ form: one }) => one !== undefined)?.form
  if (!form) throw new Error('no form stands on the screen')
  return form
}

export function option(name: string, overrides: Partial<OptionSpec> = {}): OptionSpec {
  return { name, description: { en: name }, type: 'string', required: true, ...overrides }
}

type Does = Extract<CommandSpec['does'], { readonly kind: 'workflow' }>

export function workflow(
  name: string,
  { options = [], ...does }: Partial<Does> & { readonly options?: readonly OptionSpec[] } = {},
): CommandSpec {
  return {
    name,
    description: { en: `The ${name} command` },
    options,
    does: { kind: 'workflow', run: { workflow: `wf-${name}`, mode: 'stream' }, onLost: 'ask', ...does },
  }
}

/** The usual policy with commands of workflows. */
export function policyWith(commands: readonly CommandSpec[], overrides: Partial<Policy> = {}): Policy {
  const usual = policy(overrides)
  return { ...usual, commands: [...usual.commands, ...commands] }
}

export type Values = Readonly<Record<string, OptionValue>>
