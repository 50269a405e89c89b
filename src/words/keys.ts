// Which keys must a locale file hold? The list of contract/notice.ts, at run time.

import type { NoticeKey } from '../contract/notice.ts'

const KEYS = {
  'failure.unavailable': true,
  'failure.busy': true,
  'failure.owner': true,
  'failure.quota': true,
  'failure.tooLong': true,
  'failure.refused': true,
  'failure.unsupported': true,
  'failure.brokenOff': true,
  'failure.notShown': true,
  'failure.cannotTell': true,
  'turn.tooOld': true,
  'turn.stopped': true,
  'turn.nothingToStop': true,
  'turn.empty': true,
  'lane.full': true,
  'budget.spent': true,
  'access.denied': true,
  'input.tooLong': true,
  'media.notYet': true,
  'input.unreadable': true,
  'action.expired': true,
  'conversation.new': true,
  'command.unknown': true,
  'help.title': true,
  'help.direct': true,
  'help.group': true,
  'help.commands': true,
  'help.command': true,
  'builtin.help': true,
  'builtin.new': true,
  'builtin.stop': true,
  'builtin.start': true,
} satisfies Record<NoticeKey, true>

/** Every key, complete by the compiler's word. */
export const NOTICE_KEYS: readonly string[] = Object.keys(KEYS)
