// A chat platform in memory: a screen to look at, and faults to set. For tests of the bridge and of the reply writer.

import { PlatformError, type PlatformFailureKind } from '../../src/contract/errors.ts'
import type { ChatEvent, MessageId } from '../../src/contract/event.ts'
import type {
  Control,
  FileLimits,
  Form,
  Limits,
  OutgoingFile,
  Outbox,
  Platform,
  PostOptions,
  Surface,
} from '../../src/contract/platform.ts'
import type { Clock } from '../../src/contract/runtime.ts'
import { address } from './bridge-events.ts'
import { createPlainRenderer, withAsides, type PlainBody } from './plain-renderer.ts'

export type FakeCallKind =
  | 'post'
  | 'edit'
  | 'file'
  | 'prepare'
  | 'open'
  | 'ask'
  | 'update'
  | 'finish'
  | 'abandon'
  | 'typing'
  | 'find'
  | 'thread'
  | 'complete'

export interface FakeCall {
  readonly call: FakeCallKind
  readonly atMs: number
  /** Which message it was meant for, where there is one. */
  readonly key?: string
  readonly messageId?: string
  readonly text?: string
}

export interface FakeMessage {
  readonly id: string
  /** Of the post that made it. */
  readonly key: string
  readonly place: string
  readonly replyTo?: string
  /** What it showed, oldest first. */
  readonly states: readonly string[]
  /** Below its newest state. */
  readonly controls: readonly Control[]
  /** Where it is a form. */
  readonly form?: Form
  readonly deleted: boolean
}

/**
 * What the next call of a kind meets. `answer-lost`: it is done, and nobody hears of it. `hang`: nothing
 * happens until the signal aborts; `done-then-hang`: as if the process died between the call and its answer.
 */
export type Fault =
  | { readonly kind: PlatformFailureKind; readonly retryAfterMs?: number }
  | { readonly kind: 'answer-lost' }
  | { readonly kind: 'not-done-unknown' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'done-then-hang' }

export interface FakeSettings {
  readonly limits?: Limits
  readonly maxChars?: number
  /** Whether it can say what became of a post. */
  readonly findsPosted?: boolean
  /** A surface of its own: what is shown is a draft until it is finished. */
  readonly streams?: boolean
  /** A thread can be opened on a message: `thread-<message id>`, which is a place of its own. */
  readonly opensThreads?: boolean
  /** What an event looks like once all it refers to is fetched. */
  readonly completes?: (event: ChatEvent) => ChatEvent
  /** A message may hold a form. */
  readonly asks?: boolean
  /** Takes files, so many pictures in a message. */
  readonly files?: FileLimits
  /** Pictures stand in the text. */
  readonly preparesImages?: boolean
  /** It can write to a person first: `direct-<person>`, a place of its own. */
  readonly opensDirect?: boolean
  /** Takes plain text only. */
  readonly refusesMarkup?: boolean
  /** Shows thoughts and what is going on beside the words: `{title: text}` above, `(status)` below. */
  readonly showsAsides?: boolean
}

export interface FakePlatform {
  readonly platform: Platform<PlainBody>
  outbox(place?: string): Outbox<PlainBody>
  /** The newest state of each message that stands, oldest message first. */
  readonly screen: readonly string[]
  readonly messages: readonly FakeMessage[]
  readonly calls: readonly FakeCall[]
  callsOf(call: FakeCallKind): readonly FakeCall[]
  /** What drafts show that are not finished, by key. */
  readonly drafts: ReadonlyMap<string, string>
  /** The next `times` calls of this kind fail so. */
  fail(call: FakeCallKind, fault: Fault, times?: number): void
  /** A person deletes a message. */
  delete(messageId: string): void
}

interface Held {
  id: string
  key: string
  place: string
  replyTo?: string
  states: string[]
  controls: readonly Control[]
  form?: Form
  deleted: boolean
}

export function createFakePlatform(account: string, clock: Clock, settings: FakeSettings = {}): FakePlatform {
  const messages: Held[] = []
  const calls: FakeCall[] = []
  const drafts = new Map<string, string>()
  const faults = new Map<FakeCallKind, Fault[]>()
  const plain = createPlainRenderer(settings.maxChars ?? 400)
  const renderer = settings.showsAsides === true ? withAsides(plain) : plain

  const platform: Platform<PlainBody> = {
    account,
    async start() {},
    async stop() {},
    outboxFor: (target) => outbox(typeof target.place['chat'] === 'string' ? target.place['chat'] : 'chat'),
    openAttachment: (attachment, signal) =>
      met({ call: 'open', text: attachment.name ?? '' }, signal, () => {
        if (attachment.ref['lost'] === true) throw new PlatformError(account, 'gone', 'the file is gone')
        const { bytes } = attachment.ref
        // As latin-1: one character is one byte.
        const known = Buffer.from(typeof bytes === 'string' ? bytes : '\0', 'latin1')
        return { stream: inPieces(known), sizeBytes: known.length }
      }),
    check: async () => [],
    ...(settings.opensDirect === true
      ? { openDirect: async (person: string) => ({ account, place: { chat: `direct-${person}` } }) }
      : {}),
    ...(settings.completes ? { complete: completeBy(settings.completes) } : {}),
    health: () => ({ state: 'up' }),
  }
  return {
    platform,
    outbox,
    get screen() {
      return messages.filter(({ deleted }) => !deleted).map(({ states }) => states.at(-1) ?? '')
    },
    messages,
    calls,
    callsOf: (call) => calls.filter((one) => one.call === call),
    drafts,
    fail(call, fault, times = 1) {
      const known = faults.get(call) ?? []
      faults.set(call, [...known, ...Array.from({ length: times }, () => fault)])
    },
    delete(messageId) {
      for (const message of messages) if (message.id === messageId) message.deleted = true
    },
  }

  function completeBy(completes: (event: ChatEvent) => ChatEvent): NonNullable<Platform['complete']> {
    return (event, signal) => met({ call: 'complete' }, signal, () => completes(event))
  }

  function outbox(place = 'chat'): Outbox<PlainBody> {
    return {
      limits: {
        ...(settings.limits ?? { budgets: [] }),
        ...(settings.files === undefined ? {} : { files: settings.files }),
      },
      ...(settings.files
        ? {
            sendFiles: (
              files: readonly OutgoingFile[],
              { key, controls, replyTo }: PostOptions,
              signal: AbortSignal,
            ) =>
              met({ call: 'file', key, text: files.map(seen).join(' ') }, signal, () => [
                newMessage(place, key, { text: files.map(seen).join(' '), entities: 0 }, controls, replyTo),
              ]),
          }
        : {}),
      ...(settings.preparesImages
        ? {
            prepareImage: (file: OutgoingFile, signal: AbortSignal) =>
              met({ call: 'prepare', text: file.name }, signal, () => `key-of-${file.name}`),
          }
        : {}),
      renderer,
      post: (body, { key, replyTo, controls }, signal) =>
        met({ call: 'post', key, text: body.text }, signal, () => {
          refuseMarkup(body)
          return newMessage(place, key, body, controls, replyTo)
        }),
      edit: (id, body, { controls }, signal) =>
        met({ call: 'edit', messageId: id, text: body.text }, signal, () => {
          refuseMarkup(body)
          show(messageOf(id), body, controls)
        }),
      ...(settings.asks
        ? {
            ask: (form: Form, { key, replyTo }: PostOptions, signal: AbortSignal) =>
              met({ call: 'ask', key, text: form.title }, signal, () => {
                const id = newMessage(place, key, { text: form.title, entities: 0 }, [], replyTo)
                messageOf(id).form = form
                return id
              }),
          }
        : {}),
      showTyping: (signal) => met({ call: 'typing' }, signal, () => undefined),
      ...(settings.findsPosted
        ? {
            findPosted: (key: string, signal: AbortSignal) =>
              met({ call: 'find', key }, signal, () => {
                const message = messages.find((one) => one.key === key)
                return message && toId(message.id)
              }),
          }
        : {}),
      ...(settings.opensThreads && place === 'chat'
        ? {
            openThread: (
              { title, messageId }: { readonly title: string; readonly messageId?: MessageId },
              signal: AbortSignal,
            ) =>
              met({ call: 'thread', text: title }, signal, () => ({
                address: address(place, `thread-${messageId ?? ''}`, account),
                replyTarget: { account, place: { chat: `thread-${messageId ?? ''}` } },
              })),
          }
        : {}),
      ...(settings.streams
        ? {
            openStream: ({ key, replyTo }: { readonly key: string; readonly replyTo?: MessageId }) =>
              draft(place, key, replyTo),
          }
        : {}),
    }
  }

  function draft(place: string, key: string, replyTo: MessageId | undefined): Surface<PlainBody> {
    return {
      update: (body, _frame, signal) =>
        met({ call: 'update', key, text: body.text }, signal, () => {
          refuseMarkup(body)
          drafts.set(key, body.text)
          return { draft: key }
        }),
      finish: (body, { controls }, signal) =>
        met({ call: 'finish', key, text: body.text }, signal, () => {
          refuseMarkup(body)
          drafts.delete(key)
          const standing = messages.find((one) => one.key === key)
          if (!standing) return newMessage(place, key, body, controls, replyTo)
          show(standing, body, controls)
          return toId(standing.id)
        }),
      abandon: (signal) =>
        met({ call: 'abandon', key }, signal, () => {
          drafts.delete(key)
        }),
    }
  }

  async function met<T>(call: Omit<FakeCall, 'atMs'>, signal: AbortSignal, act: () => T): Promise<T> {
    calls.push({ ...call, atMs: clock.elapsed() })
    const fault = faults.get(call.call)?.shift()
    if (!fault) return act()
    if (fault.kind === 'answer-lost' || fault.kind === 'done-then-hang') act()
    if (fault.kind === 'hang' || fault.kind === 'done-then-hang') return await untilAborted(signal)
    if (fault.kind === 'answer-lost' || fault.kind === 'not-done-unknown') {
      throw new PlatformError(account, 'unavailable', `${call.call}: connection reset`, {
        outcome: 'unknown',
      })
    }
    const { kind, retryAfterMs } = fault
    const facts = retryAfterMs === undefined ? {} : { retryAfterMs }
    throw new PlatformError(account, kind, `${call.call}: ${kind}`, facts)
  }

  function refuseMarkup(body: PlainBody): void {
    if (settings.refusesMarkup && body.entities > 0) {
      throw new PlatformError(account, 'rejected', 'markup not understood')
    }
  }

  function show(message: Held, body: PlainBody, controls: readonly Control[]): void {
    message.states.push(body.text)
    message.controls = controls
    delete message.form
  }

  function newMessage(
    place: string,
    key: string,
    body: PlainBody,
    controls: readonly Control[],
    replyTo?: MessageId,
  ): MessageId {
    const id = `m${messages.length + 1}`
    messages.push({
      id,
      key,
      place,
      states: [body.text],
      controls,
      deleted: false,
      ...(replyTo === undefined ? {} : { replyTo }),
    })
    return toId(id)
  }

  function messageOf(id: string): Held {
    const message = messages.find((one) => one.id === id)
    if (!message || message.deleted) throw new PlatformError(account, 'gone', 'message to edit not found')
    return message
  }
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.slice(at, at + 7)
}

/** What people see of a file. */
function seen({ kind, name, caption }: OutgoingFile): string {
  return `[${kind} ${name}${caption === undefined ? '' : `: ${caption}`}]`
}

function toId(id: string): MessageId {
  return id as MessageId
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
