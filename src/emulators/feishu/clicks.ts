// What happens when a person presses a button? The app is asked, has three seconds, and may answer toast and card.
import { buttonsOfCard, type ShownButton } from './card-tree.ts'
import { expireStreaming, showCard } from './cards.ts'
import type { Answer } from './deliveries.ts'
import { envelope, userIds } from './events.ts'
import { cardJsonOf, frameOf } from './frames.ts'
import { isRecord, recordOf, type Json, type MessageState, type Person } from './types.ts'
import { TENANT_KEY, type World } from './world.ts'

/** What a person typed into the form around the button. */
export interface Form {
  readonly [field: string]: unknown
}

/** The codes are those the client shows. Feishu docs: card callbacks. */
export type ClickAnswer =
  | {
      readonly ok: true
      readonly toast?: { readonly type: string; readonly content: string }
      /** The card that took the old one's place at once. */
      readonly card?: Json
      readonly raw: unknown
    }
  | { readonly ok: false; readonly code: number; readonly because: string }

export async function pressButton(
  world: World,
  person: Person,
  message: MessageState,
  wanted: unknown,
  form: Form,
): Promise<ClickAnswer> {
  const card = cardJsonOf(world, message) ?? {}
  const button = buttonsOfCard(card).find((one) => isMeant(one, wanted))
  if (button === undefined) throw new Error(`message ${message.id} shows no button ${JSON.stringify(wanted)}`)
  if (button.value === undefined && !button.submits)
    return { ok: false, code: 200340, because: 'the button calls nobody back: it has no callback behavior' }
  const token = world.ids.next('c').replace('_', '-')
  const entity = world.store.cards.get(message.cardId ?? '')
  if (entity !== undefined) entity.callbacksRunning += 1
  const answer = await world.deliveries.ask(callback(world, { person, message, button, form, token }))
  if (entity !== undefined) entity.callbacksRunning -= 1
  const read = readAnswer(answer)
  if (read.ok) {
    world.callbacks.set(token, { messageId: message.id, untilMs: world.nowMs() + 30 * 60_000, uses: 2 })
    if (read.card !== undefined) showAnswered(world, message, read.card)
  }
  return read
}

/** The card takes the old one's place; while it streams, it does not. */
export function showAnswered(world: World, message: MessageState, card: Json): void {
  const entity = world.store.cards.get(message.cardId ?? '')
  if (entity === undefined) {
    message.content = JSON.stringify(card)
    message.updatedAtMs = world.nowMs()
    world.store.addFrame(frameOf(world, 'edit', message))
    return
  }
  expireStreaming(world, entity)
  if (entity.streaming === 'on') return
  entity.card = card
  showCard(world, entity)
}

function isMeant(button: ShownButton, wanted: unknown): boolean {
  if (typeof wanted === 'string' && (button.name === wanted || button.label === wanted)) return true
  return button.value !== undefined && JSON.stringify(button.value) === JSON.stringify(wanted)
}

function callback(
  world: World,
  about: { person: Person; message: MessageState; button: ShownButton; form: Form; token: string },
): Json {
  const { person, message, button, form, token } = about
  const isForm = button.submits || Object.keys(form).length > 0
  return envelope(
    world,
    'card.action.trigger',
    {
      operator: { ...userIds(person), tenant_key: TENANT_KEY },
      token,
      host: 'im_message',
      action: {
        tag: 'button',
        ...(button.value === undefined ? {} : { value: button.value }),
        ...(button.name === undefined ? {} : { name: button.name }),
        ...(isForm ? { form_value: form } : {}),
        timezone: 'Asia/Shanghai',
      },
      context: { open_message_id: message.id, open_chat_id: message.chatId },
    },
    // Microseconds, unlike every other event.
    { createTime: `${world.nowMs()}000` },
  )
}

function readAnswer(answer: Answer | undefined): ClickAnswer {
  if (answer === undefined) return { ok: false, code: 200341, because: 'nothing was answered in time' }
  if (answer.code !== 200) return { ok: false, code: 200671, because: `answered ${answer.code}` }
  const { data } = answer
  if (data === undefined) return { ok: false, code: 200340, because: 'nothing was answered' }
  if (!isRecord(data)) return { ok: false, code: 200672, because: 'the answer is no object' }
  const toast = recordOf(data['toast'])
  const given = recordOf(data['card'])
  if (data['card'] !== undefined && (given['type'] !== 'raw' || !isRecord(given['data'])))
    return { ok: false, code: 200673, because: 'the card in the answer is malformed' }
  return {
    ok: true,
    ...(data['toast'] === undefined
      ? {}
      : { toast: { type: String(toast['type']), content: String(toast['content']) } }),
    ...(isRecord(given['data']) ? { card: given['data'] } : {}),
    raw: data,
  }
}
