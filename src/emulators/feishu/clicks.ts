// What happens when a person presses a button? The app is asked, has three seconds, and may answer toast and card.
import type { Click, ClickAnswer, Form, HowPressed } from './click.ts'
import { buttonsOfCard, type ShownButton } from './card-tree.ts'
import { expireStreaming, showCard } from './cards.ts'
import type { Answer } from './deliveries.ts'
import { envelope, userIds } from './events.ts'
import { cardJsonOf, frameOf } from './frames.ts'
import { isRecord, recordOf, type Json, type MessageState, type Person } from './types.ts'
import { TENANT_KEY, type World } from './world.ts'

const TIMED_OUT = 200341

export async function pressButton(
  world: World,
  person: Person,
  message: MessageState,
  wanted: unknown,
  form: Form | undefined,
  { force = false }: HowPressed = {},
): Promise<ClickAnswer> {
  const shown = message.recalled ? [] : buttonsOfCard(cardJsonOf(world, message) ?? {})
  const standing = shown.find((one) => isMeant(one, wanted))
  const button = standing ?? formerButton(world, message, wanted)
  if (button === undefined) throw new Error(`message ${message.id} shows no button ${JSON.stringify(wanted)}`)
  if (standing === undefined && !force)
    return { ok: false, code: 0, because: 'the card was replaced: this button stands there no more' }
  if (button.value === undefined && !button.submits)
    return { ok: false, code: 200340, because: 'the button calls nobody back: it has no callback behavior' }
  const token = world.ids.next('c').replace('_', '-')
  const push = callback(world, { person, message, button, form, token })
  return press(world, message, push, { personId: person.id, button, form, token })
}

/** The same callback under its event id, as a platform that lost the answer might send it. */
export async function repeatClick(world: World, { push, messageId }: Click): Promise<ClickAnswer> {
  const message = world.store.messages.get(messageId)
  if (message === undefined) throw new Error(`there is no message ${messageId}`)
  return during(world, message, async () => readAnswer(await world.deliveries.ask(push)))
}

async function press(
  world: World,
  message: MessageState,
  push: Json,
  about: {
    readonly personId: string
    readonly button: ShownButton
    readonly form: Form | undefined
    readonly token: string
  },
): Promise<ClickAnswer> {
  const { personId, button, form, token } = about
  const sentMs = performance.now()
  const click: { -readonly [Key in keyof Click]: Click[Key] } = {
    eventId: String(recordOf(push['header'])['event_id']),
    personId,
    messageId: message.id,
    label: button.label,
    value: button.value,
    ...(isFilled(form) ? { form } : {}),
    atMs: world.nowMs(),
    answeredAfterMs: undefined,
    late: false,
    answer: undefined,
    push,
  }
  world.store.addClick(click)
  const read = await during(world, message, async () => readAnswer(await world.deliveries.ask(push)))
  click.answer = read
  click.late = !read.ok && read.code === TIMED_OUT
  if (!click.late) click.answeredAfterMs = performance.now() - sentMs
  if (read.ok) {
    world.callbacks.set(token, { messageId: message.id, untilMs: world.nowMs() + 30 * 60_000, uses: 2 })
    if (read.card !== undefined) showAnswered(world, message, read.card)
  }
  world.store.changed()
  return read
}

/** Meanwhile nobody else may change the card. */
async function during<T>(world: World, message: MessageState, work: () => Promise<T>): Promise<T> {
  const entity = world.store.cards.get(message.cardId ?? '')
  message.callbacksRunning += 1
  if (entity !== undefined) entity.callbacksRunning += 1
  try {
    return await work()
  } finally {
    message.callbacksRunning -= 1
    if (entity !== undefined) entity.callbacksRunning -= 1
  }
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

/** As it stood in an earlier state of the message. */
function formerButton({ store }: World, { id }: MessageState, wanted: unknown): ShownButton | undefined {
  return store.frames
    .filter(({ messageId }) => messageId === id)
    .flatMap(({ buttons = [] }) => buttons)
    .findLast((one) => isMeant(one, wanted))
}

function isFilled(form: Form | undefined): form is Form {
  return form !== undefined && Object.keys(form).length > 0
}

function isMeant(button: ShownButton, wanted: unknown): boolean {
  if (typeof wanted === 'string' && (button.name === wanted || button.label === wanted)) return true
  return button.value !== undefined && JSON.stringify(button.value) === JSON.stringify(wanted)
}

function callback(
  world: World,
  about: {
    person: Person
    message: MessageState
    button: ShownButton
    form: Form | undefined
    token: string
  },
): Json {
  const { person, message, button, form, token } = about
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
        ...(button.submits || isFilled(form) ? { form_value: form ?? {} } : {}),
        timezone: 'Asia/Shanghai',
      },
      context: { open_message_id: message.id, open_chat_id: message.chatId },
    },
    // Microseconds, unlike every other event.
    { createTime: `${world.nowMs()}000` },
  )
}

function readAnswer(answer: Answer | undefined): ClickAnswer {
  if (answer === undefined) return { ok: false, code: TIMED_OUT, because: 'nothing was answered in time' }
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
