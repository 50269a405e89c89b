// What does a press on a button do? A query that waits for its answer, for as long as the bot may take.
import { dataOfButton, hasButton } from './markup.ts'
import { chatOf } from './people.ts'
import type { CallbackState } from './store.ts'
import type { Person } from './wording.ts'
import type { World } from './world.ts'

export interface Press {
  readonly id: string
  /** Undefined when the bot did not allow such updates. */
  readonly updateId: number | undefined
  /** What the bot answered, once it did: the words above the chat, or in a box to be closed (`showAlert`). */
  answer(): { readonly text: string; readonly showAlert: boolean; readonly url?: string } | undefined
  /** From the press to its answer: as long did the button spin. */
  answeredAfterMs(): number | undefined
  /** Answers refused as "query is too old": too late, or a second one. */
  lateAnswers(): number
  /** From now on it is too old to be answered. */
  expire(): void
}

export interface Presses {
  /**
   * Presses the button with this `callback_data`, or with this label. `force` sends the data of a button that is no
   * longer there, as a client does whose screen is stale.
   */
  press(
    person: Person,
    message: { readonly chatId: number; readonly messageId: number },
    button: string,
    options?: { readonly force?: boolean },
  ): Press
}

export function createPresses(world: World): Presses {
  const { store } = world
  let count = 770
  return {
    press(person, { chatId, messageId }, button, { force = false } = {}) {
      const state = chatOf(world, chatId)
      const message = state.messages.get(messageId)
      const data = hasButton(message?.reply_markup, button)
        ? button
        : (dataOfButton(message?.reply_markup, button) ?? (force ? button : undefined))
      if (data === undefined) {
        throw new Error(`message ${messageId} in chat ${chatId} shows no button ${JSON.stringify(button)}`)
      }
      count += 1
      const id = String(count)
      const pressedAtMs = world.nowMs()
      const expiresAtMs = pressedAtMs + world.behaviour.callbackLivesMs
      store.callbacks.set(id, { id, personId: person.id, data, pressedAtMs, expiresAtMs, refused: 0 })
      const updateId = world.queue.enqueue('callback_query', {
        id,
        from: person.user,
        chat_instance: String(-chatId - 5),
        data,
        message: message ?? { chat: state.chat, message_id: messageId, date: 0 },
      })
      const now = (): CallbackState | undefined => store.callbacks.get(id)
      return {
        id,
        updateId,
        answer: () => now()?.answer,
        answeredAfterMs() {
          const answeredAtMs = now()?.answeredAtMs
          return answeredAtMs === undefined ? undefined : answeredAtMs - pressedAtMs
        },
        lateAnswers: () => now()?.refused ?? 0,
        expire() {
          const query = now()
          if (query !== undefined) store.callbacks.set(id, { ...query, expiresAtMs: -Infinity })
        },
      }
    },
  }
}

/** Takes the bot's answer; false when it is too late for one, or a second one. */
export function answerPress(world: World, id: string, answer: NonNullable<CallbackState['answer']>): boolean {
  const query = world.store.callbacks.get(id)
  if (query === undefined) return false
  const now = world.nowMs()
  const inTime = query.answer === undefined && now <= query.expiresAtMs
  world.store.callbacks.set(id, {
    ...query,
    ...(inTime ? { answer, answeredAtMs: now } : { refused: query.refused + 1 }),
  })
  world.store.changed()
  return inTime
}
