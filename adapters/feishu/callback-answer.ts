// What does a person see after a press? A line at the top of their screen for a notice, else nothing.
// https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-callback-communication
import type { NoticeKey } from '../../src/contract/notice.ts'
import type { Ack } from '../../src/contract/platform.ts'
import type { Words } from '../../src/contract/runtime.ts'

/** An empty one says that the press was taken. */
export type CallbackAnswer = { readonly toast?: never } | { readonly toast: Toast }

export interface Toast {
  readonly type: 'info' | 'warning'
  /** For clients in a language that is not below. */
  readonly content: string
  /** The client takes its own language: a press does not tell which one that is. */
  readonly i18n: { readonly zh_cn: string; readonly en_us: string }
}

/**
 * A press that was not stored, or not in time: presses are not offered again, and without an answer the client shows an
 * error of its own. Pressed once more, one that was stored after all does nothing.
 */
export function unstoredAnswer(words: Words, why: 'late' | 'refused'): CallbackAnswer {
  const key = why === 'late' ? 'failure.busy' : 'failure.unavailable'
  return answerOf({ show: 'notice', notice: { key } }, words)
}

/** Everything but a notice shows on the card itself, later. */
export function answerOf(ack: Ack, words: Words): CallbackAnswer {
  if (ack.show !== 'notice') return {}
  const { notice } = ack
  return {
    toast: {
      type: isRefusal(notice.key) ? 'warning' : 'info',
      content: words.say(notice),
      i18n: { zh_cn: words.say(notice, 'zh-CN'), en_us: words.say(notice, 'en') },
    },
  }
}

const REFUSALS: readonly string[] = ['failure', 'option', 'access', 'budget', 'lane', 'input']
const REFUSING_KEYS: readonly NoticeKey[] = [
  'action.notYours',
  'action.expired',
  'action.done',
  'agent.unknown',
  'command.unknown',
  'file.notSent',
  'turn.tooOld',
]

function isRefusal(key: NoticeKey): boolean {
  return REFUSING_KEYS.includes(key) || REFUSALS.includes(key.split('.', 1)[0] ?? '')
}
