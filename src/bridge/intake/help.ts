// What can a person do here? Made from the commands there are, so that it is true.

import type { EventBase } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { CommandSpec } from '../../contract/policy.ts'
import { localized } from '../../fields/fields.ts'
import { usageOf } from '../../fields/usage.ts'

/** One notice a line; only what may be given in this kind of chat. */
export function helpFor(
  chatKind: EventBase['chatKind'],
  commands: readonly CommandSpec[],
  locale: string,
): readonly Notice[] {
  return [
    { key: 'help.title' },
    { key: chatKind === 'direct' ? 'help.direct' : 'help.group' },
    { key: 'help.commands' },
    ...commands
      .filter(({ name, where }) => name !== 'start' && (where?.includes(chatKind) ?? true))
      .map(({ name, options, description }): Notice => {
        const command = usageOf(name, options, locale).slice(1)
        return { key: 'help.command', params: { command, description: localized(description, locale) } }
      }),
  ]
}

/** Nobody else is told that it exists; a platform's menu cannot be so kind. */
export function isForAdmins({ does }: CommandSpec): boolean {
  return does.kind === 'builtin' && does.builtin === 'pair'
}
