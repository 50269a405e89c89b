// An assistant that says what a test has written down, when the test's clock or a gate lets it.

import type {
  Asker,
  Assistant,
  ConversationRef,
  Found,
  Handle,
  PersonsAnswer,
  Question,
  ReplyEvent,
  ToolCall,
  ToolResult,
  WorkflowRun,
} from '../../src/contract/assistant.ts'
import { AssistantError, type Failure, type FailureKind } from '../../src/contract/errors.ts'
import type { Health } from '../../src/contract/platform.ts'
import type { AgentSpec } from '../../src/contract/policy.ts'
import type { Clock } from '../../src/contract/runtime.ts'

/** One line of a script: an event, a span of time, or a gate the test opens. `{ kind: 'started' }` alone fills in the rest. */
export type Beat =
  | Exclude<ReplyEvent, { readonly kind: 'started' }>
  | { readonly kind: 'started'; readonly conversationId?: string; readonly chat?: string }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'gate'; readonly gate: Gate }
export type Script = readonly Beat[]

export interface Gate {
  open(): void
  readonly opened: Promise<void>
}

export interface ScriptedAssistant {
  readonly assistant: Assistant
  /** The scripts of the next calls, in order; the last of each stays. */
  onAnswer(...scripts: readonly Script[]): void
  onFollow(...scripts: readonly Script[]): void
  onSubmit(...scripts: readonly Script[]): void
  onRun(...scripts: readonly Script[]): void
  onResume(...scripts: readonly Script[]): void
  onFind(...results: readonly (Found['found'] | Failure)[]): void
  /** How long a question asked now would wait. */
  expectWait(ms: number): void
  /** Whether it is worth asking. */
  setHealth(health: Health): void
  /** The next attempts to begin a conversation fail so. */
  failConversations(...failures: readonly Failure[]): void
  failCancels(...failures: readonly Failure[]): void
  readonly asked: readonly Question[]
  readonly askers: readonly Asker[]
  readonly followed: readonly { readonly handle: Handle; readonly conversation: ConversationRef }[]
  readonly submitted: readonly (readonly ToolResult[])[]
  readonly ran: readonly WorkflowRun[]
  readonly resumed: readonly PersonsAnswer[]
  readonly uploaded: readonly string[]
  /** What is read aloud. */
  readonly spoken: readonly string[]
  failUploads(...failures: readonly Failure[]): void
  /** Uploads are done when it opens. */
  holdUploads(gate: Gate): void
  /** What the next voice messages say. */
  onVoice(...texts: readonly string[]): void
  readonly rated: readonly string[]
  readonly cancelled: readonly Handle[]
  readonly finds: number
}

export const started = { kind: 'started' } as const satisfies Beat
export const queued = (ahead: number, waitMs: number): Beat => ({ kind: 'queued', ahead, waitMs })
/** It is its turn. */
export const itsTurn = queued(0, 0)
export const completed = { kind: 'completed' } as const satisfies Beat
export const delta = (text: string): Beat => ({ kind: 'delta', text })
export const whole = (text: string): Beat => ({ kind: 'whole', text })
export const wait = (ms: number): Beat => ({ kind: 'wait', ms })
export const at = (gate: Gate): Beat => ({ kind: 'gate', gate })
export const says = (...texts: readonly string[]): Script => [started, ...texts.map(delta), completed]
export const fails = (kind: FailureKind, facts: Partial<Failure> = {}): Beat => ({
  kind: 'failed',
  failure: failure(kind, facts),
})
export const calls = (...toolCalls: readonly ToolCall[]): Beat => ({
  kind: 'toolCalls',
  handle: { chat: 'tools' },
  calls: toolCalls,
})

export function failure(kind: FailureKind, facts: Partial<Failure> = {}): Failure {
  return { kind, detail: `scripted: ${kind}`, outcome: 'not-sent', ...facts }
}

export function createGate(): Gate {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

export function createScriptedAssistant(clock: Clock): ScriptedAssistant {
  const answers = createQueue<Script>(says('Hello.'))
  const follows = createQueue<Script>([fails('gone')])
  const submits = createQueue<Script>([delta('Done.'), completed])
  const runs = createQueue<Script>([delta('Ran.'), completed])
  const resumes = createQueue<Script>([delta('Went on.'), completed])
  const ran: WorkflowRun[] = []
  const resumed: PersonsAnswer[] = []
  const uploaded: string[] = []
  const uploadFailures: Failure[] = []
  let uploadGate: Gate | undefined
  const heard: string[] = []
  const spoken: string[] = []
  const rated: string[] = []
  const finds = createQueue<Found['found'] | Failure>('absent')
  const conversationFailures: Failure[] = []
  const cancelFailures: Failure[] = []
  const asked: Question[] = []
  const askers: Asker[] = []
  const followed: { handle: Handle; conversation: ConversationRef }[] = []
  const submitted: (readonly ToolResult[])[] = []
  const cancelled: Handle[] = []
  let conversations = 0
  let findCount = 0
  let expectedWaitMs = 0
  let health: Health = { state: 'up' }

  const assistant: Assistant = {
    async startConversation(_agent: AgentSpec, asker, signal) {
      signal.throwIfAborted()
      const failed = conversationFailures.shift()
      if (failed) throw new AssistantError(failed)
      conversations += 1
      askers.push(asker)
      return { conversationId: `conversation-${conversations}`, userId: asker.userId }
    },
    answer(question, signal) {
      asked.push(question)
      askers.push(question.asker)
      return play(answers.next(), question.conversation, `chat-${asked.length}`, signal)
    },
    expectedWaitMs: () => expectedWaitMs,
    health: () => health,
    async find(_question, signal) {
      signal.throwIfAborted()
      findCount += 1
      const found = finds.next()
      if (typeof found === 'object') throw new AssistantError(found)
      return found === 'found' ? { found, handle: { chat: 'found' } } : { found }
    },
    follow({ handle, conversation }, signal) {
      followed.push({ handle, conversation })
      return play(follows.next(), conversation, 'followed', signal)
    },
    submit({ results, conversation }, signal) {
      submitted.push(results)
      return play(submits.next(), conversation, 'submitted', signal)
    },
    async cancel({ handle }, signal) {
      signal.throwIfAborted()
      cancelled.push(handle)
      const failed = cancelFailures.shift()
      if (failed) throw new AssistantError(failed)
    },
    run(run, signal) {
      ran.push(run)
      const conversation = { conversationId: '', userId: run.asker.userId }
      return play(runs.next(), conversation, `run-${ran.length}`, signal)
    },
    resume(_resume, answer, signal) {
      resumed.push(answer)
      return play(resumes.next(), { conversationId: '', userId: 'u' }, `resumed-${resumed.length}`, signal)
    },
    async upload({ name = 'unnamed', stream }, signal) {
      for await (const _bytes of stream) signal.throwIfAborted()
      await uploadGate?.opened
      signal.throwIfAborted()
      const failed = uploadFailures.shift()
      if (failed) throw new AssistantError(failed)
      uploaded.push(name)
      return { fileId: `file-${uploaded.length}` }
    },
    files: {
      maxBytes: 10_000,
      lastMs: 1_000_000,
      nameFor: ({ name, extension }) =>
        extension === undefined || /\.(?:png|pdf|ogg|csv)$/.test(name) ? name : undefined,
    },
    async transcribe({ stream }, signal) {
      const pieces: Uint8Array[] = []
      for await (const bytes of stream) pieces.push(bytes)
      signal.throwIfAborted()
      return { text: heard.shift() ?? 'What I said.' }
    },
    async speak({ text }, signal) {
      signal.throwIfAborted()
      spoken.push(text)
      return { bytes: new TextEncoder().encode(text), mimeType: 'audio/ogg' }
    },
    speech: { maxHeardBytes: 5_000, maxSpokenBytes: 1_024, heardNameFor: ({ name }) => name },
    async rate({ verdict }, signal) {
      signal.throwIfAborted()
      rated.push(verdict)
    },
    async greeting(agent) {
      return agent.kind === 'bot' && agent.bot === 'greeter'
        ? { text: 'Welcome aboard.', suggestions: ['What can you do?'] }
        : { text: '', suggestions: [] }
    },
    check: async () => [],
  }

  async function* play(
    script: Script,
    conversation: ConversationRef,
    chat: string,
    signal: AbortSignal,
  ): AsyncIterable<ReplyEvent> {
    for (const beat of script) {
      if (signal.aborted) break
      if (beat.kind === 'wait') await clock.sleep(beat.ms, signal).catch(() => undefined)
      else if (beat.kind === 'gate') await Promise.race([beat.gate.opened, aborted(signal)])
      else if (beat.kind !== 'started') yield beat
      else {
        const conversationId = beat.conversationId ?? conversation.conversationId
        const handle = { chat: beat.chat ?? chat }
        yield { kind: 'started', handle, conversation: { ...conversation, conversationId } }
      }
    }
    if (signal.aborted) yield { kind: 'failed', failure: failure('cancelled') }
  }

  return {
    assistant,
    onAnswer: answers.fill,
    onFollow: follows.fill,
    onSubmit: submits.fill,
    onRun: runs.fill,
    onResume: resumes.fill,
    onFind: finds.fill,
    expectWait: (ms) => void (expectedWaitMs = ms),
    setHealth: (next) => void (health = next),
    failConversations: (...failures) => void conversationFailures.push(...failures),
    failCancels: (...failures) => void cancelFailures.push(...failures),
    asked,
    askers,
    followed,
    submitted,
    ran,
    resumed,
    uploaded,
    spoken,
    failUploads: (...failures) => void uploadFailures.push(...failures),
    holdUploads(gate) {
      uploadGate = gate
    },
    onVoice: (...texts) => void heard.push(...texts),
    rated,
    cancelled,
    get finds() {
      return findCount
    },
  }
}

/** One after the other; the last stays. */
function createQueue<T>(usual: T): { fill(...items: readonly T[]): void; next(): T } {
  let items: T[] = [usual]
  return {
    fill(...more) {
      items = [...more]
    },
    next() {
      return (items.length > 1 ? items.shift() : items[0]) ?? usual
    },
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
