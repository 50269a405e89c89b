// Coze as the bridge's assistant: contract/assistant.ts, word for word.

import type {
  Asker,
  Assistant,
  ClosingEvent,
  ConversationRef,
  Handle,
  Question,
  ReplyEvent,
} from '../contract/assistant.ts'
import type { Failure } from '../contract/errors.ts'
import type { AgentSpec } from '../contract/policy.ts'
import { getBot, getOnlineInfo } from './account.ts'
import { MAX_SPEECH_BYTES, MAX_TRANSCRIPTION_BYTES, synthesizeSpeech, transcribeAudio } from './audio.ts'
import type { EventStream } from './body.ts'
import { ask, askStreaming, submitToolOutputs } from './chat.ts'
import { answerChatflow, askChatflow, chatflowResume } from './chatflow.ts'
import { checkCoze } from './check.ts'
import { createCozeClient } from './client.ts'
import type { ClientOptions, CozeClient, WaitTurn } from './client.ts'
import { clearConversation, createConversation } from './conversations.ts'
import { failureOf } from './errors.ts'
import { rateReply } from './feedback.ts'
import { heardNameFor, uploadNameFor } from './file-types.ts'
import { readStoredFile } from './file-url.ts'
import { FILE_LASTS_MS, MAX_UPLOAD_BYTES, uploadFile } from './files.ts'
import { findQuestion } from './find.ts'
import { cancelUntilOver, followChat } from './follow.ts'
import { readHandle, readRunHandle, toHandle } from './handle.ts'
import type { ChatHandle } from './handle.ts'
import { DEFAULT_HTTP_LIMITS } from './http.ts'
import { inLine, whenFree, whenLetIn } from './in-line.ts'
import { createLimiter } from './limiter.ts'
import type { Spent, Take } from './limiter.ts'
import { toChatBody } from './question.ts'
import { relay } from './relay.ts'
import { followRun } from './run-history.ts'
import { resumeRun, runAsReply } from './run.ts'
import { healthOf, upstreamOf } from './upstream.ts'
import { readWaiting } from './waiting.ts'
import type { WaitingChatflow, WaitingRun } from './waiting.ts'

export interface CozeAssistantOptions extends ClientOptions {
  /** What the account's plan allows; 0 = no limit. Coze docs: API overview. */
  readonly rates?: {
    readonly chatsPerSecond?: number
    readonly chatsPerMinute?: number
    readonly chatsPerDay?: number
    readonly uploadsPerSecond?: number
  }
  /** `false`: ask without stream and poll. For gateways that hold streams back; costs calls. Default true. */
  readonly streaming?: boolean
  /** Counts that several processes share, or that a restart must not forget. Absent: this process counts for itself. */
  readonly shared?: { readonly chats: Take; readonly uploads: Take }
}

/** Also drops its connections. */
export interface CozeAssistant extends Required<Assistant> {
  readonly client: CozeClient
  load(): CozeLoad
  close(): Promise<void>
}

/** How busy this process is with Coze just now. */
export interface CozeLoad {
  /** Questions, and files, that wait for the limit. */
  readonly waiting: number
  readonly uploadsWaiting: number
  readonly spent: readonly Spent[]
}

/** The first uploads open connections, and arrive later than those behind them. Our choice. */
const UPLOAD_SLACK_MS = 250
/** Coze counts arrivals, and a busy machine sends a little later than it decides. Our choice. */
const SLACK_MS = 100
/** Grants of several processes arrive each after a time of its own. Our choice. */
const SHARED_SLACK_MS = 250
/** Uploads queue apart from questions, and nobody's before another's. */
const EVERYBODY = ''

export function createCozeAssistant(options: CozeAssistantOptions): CozeAssistant {
  const client = createCozeClient(options)
  const { clock } = client
  const rates = options.rates ?? {}
  const { chats, uploads: sharedUploads } = options.shared ?? {}
  const questions = createLimiter(
    {
      perSecond: rates.chatsPerSecond ?? 0,
      perMinute: rates.chatsPerMinute ?? 0,
      perDay: rates.chatsPerDay ?? 0,
      slackMs: chats === undefined ? SLACK_MS : SHARED_SLACK_MS,
    },
    clock,
    { upstream: upstreamOf(client), ...(chats === undefined ? {} : { take: chats }) },
  )
  const uploads = createLimiter(
    { perSecond: rates.uploadsPerSecond ?? 0, slackMs: UPLOAD_SLACK_MS },
    clock,
    sharedUploads === undefined ? {} : { take: sharedUploads },
  )
  const followMs = options.limits?.overallMs ?? DEFAULT_HTTP_LIMITS.overallMs

  const answer = (question: Question, signal: AbortSignal): AsyncIterable<ReplyEvent> =>
    inLine(questions, question.conversation.userId, signal, (waitTurn) =>
      askAgent(question, waitTurn, signal),
    )

  async function* askAgent(
    question: Question,
    waitTurn: WaitTurn,
    signal: AbortSignal,
  ): AsyncGenerator<ReplyEvent> {
    const { agent, conversation } = question
    const { conversationId, userId } = conversation
    if (agent.kind === 'chatflow') {
      yield* askChatflow(client, { agent, conversation, question, waitTurn }, signal)
      return
    }
    const asked = { conversationId, userId, body: toChatBody(agent, question), waitTurn }
    if (options.streaming === false) yield* askAndFollow(asked)
    else
      yield* relay(
        client,
        () => askStreaming(client, asked, signal),
        { kind: 'chat', ...conversation },
        signal,
      )

    async function* askAndFollow(asking: typeof asked): AsyncGenerator<ReplyEvent> {
      let handle: ChatHandle
      try {
        const chat = await ask(client, asking, signal)
        handle = { kind: 'chat', conversationId: chat.conversationId, chatId: chat.id, userId }
      } catch (error) {
        yield failed(failureOf(error, 'POST /v3/chat', signal))
        return
      }
      yield {
        kind: 'started',
        handle: toHandle('chat', handle.conversationId, handle.chatId),
        conversation: { conversationId: handle.conversationId, userId },
      }
      yield* followChat(client, handle, followMs, signal)
    }
  }

  return {
    client,
    load: () => ({ waiting: questions.size, uploadsWaiting: uploads.size, spent: questions.spent() }),
    close: () => client.close(),
    answer,
    expectedWaitMs: () => questions.expectedWaitMs(),
    health: () => healthOf(client),

    async startConversation(agent: AgentSpec, asker: Asker, signal: AbortSignal): Promise<ConversationRef> {
      const bot = agent.bot === undefined ? {} : { botId: agent.bot }
      const conversation = await whenLetIn(questions, clock, signal, () =>
        createConversation(client, { ...bot, userId: asker.userId }, signal),
      )
      return { conversationId: conversation.id, userId: asker.userId }
    },

    async find(question, signal) {
      const { agent, conversation, turnId, text, askedAtMs } = question
      const isKept = agent.kind === 'bot' && agent.autoSaveHistory !== false && client.flavor === 'cloud'
      if (!isKept || conversation.conversationId === '') return { found: 'cannotTell' }
      return findQuestion(client, { ...conversation, turnId, text, askedAtMs }, signal)
    },

    async *follow({ agent, conversation, handle }, signal) {
      const run = readRunHandle(handle)
      if (run !== undefined) {
        yield* followRun(client, run, signal)
        return
      }
      const known = readOrFail(handle, conversation, signal)
      if ('failure' in known) {
        yield failed(known.failure)
        return
      }
      if (agent.kind === 'bot') {
        yield* followChat(client, known, followMs, signal)
        return
      }
      // Who asked is not known any more, and the chat itself is the mark of its answer.
      const { userId, chatId: mark } = known
      const resume = chatflowResume({ agent, userId, askerId: userId, mark })
      yield* followChat(client, known, followMs, signal, resume)
    },

    async *submit({ conversation, handle, results }, signal) {
      const known = readOrFail(handle, conversation, signal)
      if ('failure' in known) {
        yield failed(known.failure)
        return
      }
      const open = (): Promise<EventStream> => submitToolOutputs(client, known, results, signal)
      yield* whenFree(questions, clock, signal, () =>
        relay(client, open, { kind: known.kind, ...conversation, handle }, signal),
      )
    },

    async cancel({ conversation, handle }, signal) {
      // Coze cannot cancel a run: it goes on, and nobody looks at it any more.
      if (readRunHandle(handle) !== undefined) return
      await cancelUntilOver(client, readHandle(handle, conversation.userId), followMs, signal)
    },

    run: (run, signal) =>
      inLine(questions, run.asker.userId, signal, (waitTurn) => runAsReply(client, run, waitTurn, signal)),

    async *resume(resume, answer, signal) {
      let waiting: WaitingRun | WaitingChatflow
      try {
        waiting = readWaiting(resume)
      } catch (error) {
        yield failed(failureOf(error, 'resume', signal))
        return
      }
      yield* inLine(questions, waiting.userId, signal, (waitTurn) =>
        waiting.kind === 'workflow'
          ? resumeRun(client, waiting, answer, waitTurn, signal)
          : answerChatflow(client, waiting, answer, waitTurn, signal),
      )
    },

    async clear({ conversationId, userId }, signal) {
      await clearConversation(client, conversationId, userId, signal)
    },

    async upload(file, signal) {
      const waitTurn = Object.assign((until: AbortSignal) => uploads.acquire(EVERYBODY, until), {
        hold: (ms: number) => uploads.hold(ms),
      })
      return { fileId: (await uploadFile(client, file, { waitTurn }, signal)).id }
    },

    async transcribe(audio, signal) {
      return { text: await transcribeAudio(client, audio, signal) }
    },

    // Opus in Ogg is what chat platforms take as a voice message.
    speak: ({ text, voice, speed }, signal) =>
      synthesizeSpeech(
        client,
        { text, voiceId: voice, format: 'ogg_opus', ...(speed === undefined ? {} : { speed }) },
        signal,
      ),

    files: { maxBytes: MAX_UPLOAD_BYTES, lastMs: FILE_LASTS_MS, nameFor: uploadNameFor },
    speech: { maxHeardBytes: MAX_TRANSCRIPTION_BYTES, maxSpokenBytes: MAX_SPEECH_BYTES, heardNameFor },
    storedFile: (url) => readStoredFile(url, options.apiBase),

    async rate({ conversation, handle, verdict }, signal) {
      await rateReply(client, readHandle(handle, conversation.userId), verdict, signal)
    },

    async greeting(agent, signal) {
      if (agent.kind === 'chatflow') return { text: '', suggestions: [] }
      const look = client.flavor === 'studio' ? getOnlineInfo : getBot
      const bot = await look(client, agent.bot, signal)
      return { text: bot.prologue, suggestions: bot.suggestedQuestions }
    },

    check: (agents, signal, wants) =>
      checkCoze(
        {
          client,
          apiBase: options.apiBase,
          login: options.login.kind,
          agents,
          ...(wants === undefined ? {} : { wants }),
          // A token alone means something elsewhere; what else there is is bound to its host.
          ...(options.login.kind === 'token'
            ? { elsewhere: { open: (apiBase) => createCozeClient({ ...options, apiBase }) } }
            : {}),
        },
        signal,
      ),
  }
}

function failed(failure: Failure): ClosingEvent {
  return { kind: 'failed', failure }
}

function readOrFail(
  handle: Handle,
  conversation: ConversationRef,
  signal: AbortSignal,
): ChatHandle | { readonly failure: Failure } {
  try {
    return readHandle(handle, conversation.userId)
  } catch (error) {
    return { failure: failureOf(error, 'handle', signal) }
  }
}
