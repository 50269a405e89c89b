// A person on the stage: they write, and everything their screen shows is watched until the whole answer stands.

import type { Frame } from '../emulators/telegram/index.ts'
import { isWholeAnswer } from './compare.ts'
import type { Stage } from './stage.ts'

export interface Onlooker {
  /** Resolves when all that Coze answered stands on screen; rejects, saying what is missing. */
  ask(text: string): Promise<readonly ShownText[]>
  close(): void
}
export interface ShownText {
  readonly messageId: number
  readonly text: string
}

const FAILED: ReadonlySet<string> = new Set(['failed', 'canceled', 'cancelled'])
const READY_WITHIN_MS = 30_000
const ANSWER_WITHIN_MS = 180_000

/** `onFrame` is told every state of the bot's messages, as the platform's emulator saw it. */
export async function seatOnlooker(stage: Stage, onFrame: (frame: Frame) => void): Promise<Onlooker> {
  const { telegram, coze } = stage
  await until(stage, 'the bridge asks Telegram for messages', READY_WITHIN_MS, () => telegram.store.isPolled)
  const person = telegram.person({ firstName: 'Ann', languageCode: 'zh-hans' })
  const chat = telegram.privateChat(person)
  const close = telegram.onFrame((frame) => {
    if (frame.byBot && frame.chatId === chat.id) onFrame(frame)
  })

  return {
    close,
    async ask(text) {
      const before = shown().length
      const askedBefore = coze.store.chats.size
      telegram.say(person, chat, text)
      const reply = (): readonly ShownText[] => shown().slice(before)
      const verdict = () => {
        const last = [...coze.store.chats.values()].slice(askedBefore).at(-1)
        if (last?.endedAtMs === undefined) return { whole: false, because: 'Coze has not finished' } as const
        if (last.status !== 'completed') {
          return { whole: false, because: `the chat at Coze ended as "${last.status}"` } as const
        }
        const texts = reply().map((message) => message.text)
        return isWholeAnswer(coze.store.answerText(last.id).join('\n\n'), texts)
      }
      /** Words of the bridge's own: Coze refused the question, or failed, and will say no more. */
      const isTold = (): boolean => {
        const last = [...coze.store.chats.values()].slice(askedBefore).at(-1)
        return reply().length > 0 && (last === undefined || FAILED.has(last.status))
      }
      let cause: unknown
      try {
        const ended = (): boolean => verdict().whole || isTold()
        await until(stage, 'the whole answer stands on screen', ANSWER_WITHIN_MS, ended)
      } catch (error) {
        cause = error
      }
      const last = verdict()
      if (last.whole) return reply()
      throw new Error(`The answer did not arrive whole: ${last.because}`, { cause })
    },
  }

  function shown(): readonly ShownText[] {
    return telegram
      .screen(chat)
      .filter((message) => message.byBot)
      .map(({ messageId, text }) => ({ messageId, text }))
  }
}

/** Waits for a condition on the emulators; ends early when the bridge has died. */
async function until(stage: Stage, what: string, timeoutMs: number, condition: () => boolean): Promise<void> {
  await Promise.race([stage.telegram.waitFor(condition, { timeoutMs, what }), stage.bridge.ended])
  if (condition()) return
  throw new Error(`The bridge ended with exit code ${stage.bridge.exitCode ?? '?'} before: ${what}.`)
}
