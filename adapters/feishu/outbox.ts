// How is a place on Feishu written to? Cards that grow, messages, files, and how often that is allowed.
import type { MessageId } from '../../src/contract/event.ts'
import type { CallBudget, Limits, Outbox, PostOptions } from '../../src/contract/platform.ts'
import type { Clock, Logger, Words } from '../../src/contract/runtime.ts'
import type { FeishuApi } from './api.ts'
import type { FeishuBody, FeishuRenderer } from './body.ts'
import { cardJson, faceOf } from './card-json.ts'
import { createCardMemory, type CardMemory } from './card-memory.ts'
import type { CardNotes } from './card-notes.ts'
import { openCard } from './card.ts'
import { createChanges } from './changes.ts'
import { formCardJson, formInWords } from './form-card.ts'
import { isButton, MAX_CONTROLS } from './keyboard.ts'
import type { OwnMessages } from './own.ts'
import { createPictures, rememberKey } from './pictures.ts'
import type { Place } from './place.ts'
import { createRenderer } from './render.ts'
import { FILE_LIMITS } from './file-kind.ts'
import { uploadFiles, uploadImage } from './send-file.ts'
import { appBudgetKey, createSending } from './sending.ts'
import type { FeishuSettings } from './settings.ts'
import { CARD_LIVES_MS, isKind } from './standing.ts'
import { createTextRenderer, textContent, withKeys } from './text.ts'

export { createCardMemory } from './card-memory.ts'

/** What the outboxes of one account share. */
export interface OutboxParts {
  readonly account: string
  readonly api: FeishuApi
  readonly clock: Clock
  readonly log: Logger
  readonly words: Words
  readonly settings: Pick<FeishuSettings, 'streaming' | 'requestsPerSecond'>
  readonly renderer: FeishuRenderer
  /** Whether cards were refused lately. */
  readonly cards: CardMemory
  readonly own: OwnMessages
  /** Where cards are noted before they are sent. */
  readonly notes?: CardNotes
  /** Told when a person's own chat was written to by the person's id alone. */
  readonly learnedChat?: (openId: string, chatId: string) => void
}

/** One per account. */
export function rendererFor({ streaming }: Pick<FeishuSettings, 'streaming'>): FeishuRenderer {
  return streaming === 'text' ? createTextRenderer() : createRenderer()
}

/**
 * No `findPosted`: what was posted does not tell its key, and a post under the same key gives the same message back for
 * an hour. Files carry no buttons: those stand in cards alone. No `showTyping`: bots have none, and a reaction in its place notifies the person each time.
 */
export function createOutbox(place: Place, parts: OutboxParts): Outbox<FeishuBody> {
  const { account, clock, log, renderer, settings } = parts
  const sending = createSending(place, parts)
  const pictures = createPictures({ account, log, renderer })
  const changes = createChanges({ account, clock, sending, place, pictures })
  const isText = settings.streaming === 'text'

  const outbox: Outbox<FeishuBody> = {
    limits: limitsOf(account, place, settings),
    renderer,
    async post(body, opts, signal) {
      const controls = opts.controls.filter(isButton)
      // Buttons stand in cards alone.
      if (body.kind === 'text' && controls.length === 0) return sendText(body.text, opts, signal)
      const face = faceOf(body, controls)
      const words = body.kind === 'text' ? withKeys(body.text, controls) : undefined
      return pictures.showing(face.markdown, (markdown) =>
        sendCard(cardJson({ ...face, markdown }, place, false), words, opts, signal),
      )
    },
    edit: (id, body, { controls }, signal) => changes.edit(id, body, controls, signal),
    async ask(form, opts, signal) {
      const words = formInWords(form, parts.words)
      const content = formCardJson(form, place, parts.words)
      return content === undefined ? sendText(words, opts, signal) : sendCard(content, words, opts, signal)
    },
    async sendFiles(files, opts, signal) {
      const content = await uploadFiles({ account, sending }, files, signal)
      return [(await sending.send(content, opts, signal)).messageId]
    },
  }
  if (isText) return outbox
  // `card` asks again for each reply; `auto` remembers for a while what was refused.
  const memory = settings.streaming === 'card' ? createCardMemory() : parts.cards
  return {
    ...outbox,
    // Messages of text have no pictures in them.
    async prepareImage(file, signal) {
      const key = await uploadImage({ account, sending }, file, signal)
      rememberKey(renderer.images, key)
      return key
    },
    openStream: (opts) =>
      openCard({
        account,
        clock,
        log,
        sending,
        place,
        memory,
        pictures,
        editText: changes.editText,
        ...(parts.notes === undefined ? {} : { notes: parts.notes }),
        ...opts,
      }),
  }

  async function sendText(text: string, opts: PostOptions, signal: AbortSignal): Promise<MessageId> {
    return (await sending.send({ msgType: 'text', content: textContent(text) }, opts, signal)).messageId
  }

  /** `words`: what is sent where the card is refused. */
  async function sendCard(
    content: string,
    words: string | undefined,
    opts: PostOptions,
    signal: AbortSignal,
  ): Promise<MessageId> {
    try {
      return (await sending.send({ msgType: 'interactive', content }, opts, signal)).messageId
    } catch (error) {
      if (words === undefined || !isKind(error, 'rejected')) throw error
      return sendText(words, opts, signal)
    }
  }
}

/**
 * Feishu docs: five messages a second to one person or one group (all bots of it together), five patches a second of one
 * message, 50 calls a second and 1,000 a minute of one API, ten changes a second of one card. One change in 300 ms is
 * what a card gets: the client types meanwhile, so more would not be seen, and each counts against the tenant's quota.
 */
function limitsOf(
  account: string,
  place: Place,
  { streaming, requestsPerSecond }: Pick<FeishuSettings, 'streaming' | 'requestsPerSecond'>,
): Limits {
  const isText = streaming === 'text'
  const chat = `${account}/${place.chatId ?? place.openId ?? ''}`
  const reply = `${chat}/${place.replyTo ?? ''}`
  const card = { key: `${reply}/card`, calls: 8, perMs: 1_000, minGapMs: 300 }
  const budgets: CallBudget[] = [
    { ...card, for: ['stream'] },
    // Of text: twenty edits have to last for a reply of five minutes.
    { key: `${reply}/edit`, calls: 4, perMs: 1_000, minGapMs: isText ? 15_000 : 300, for: ['edit'] },
    { key: chat, calls: 4, perMs: 1_000, for: ['post', 'file'] },
    // The end of a card is a post to the pacer: a wait that one of its frames was told holds for it, too.
    { ...card, for: ['post'] },
  ]
  if (requestsPerSecond > 0) {
    budgets.push(
      { key: appBudgetKey(account), calls: requestsPerSecond, perMs: 1_000 },
      { key: `${account}/minute`, calls: requestsPerSecond * MINUTE_IN_SECONDS_ALLOWED, perMs: 60_000 },
    )
  }
  return {
    budgets,
    maxControls: MAX_CONTROLS,
    files: FILE_LIMITS,
    ...(isText ? {} : { surfaceLivesMs: CARD_LIVES_MS }),
  }
}

/** A minute allows as much as twenty of its seconds, 1,000 to 50; a call of ours may be two of one API. */
const MINUTE_IN_SECONDS_ALLOWED = 20
