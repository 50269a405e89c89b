// Where is everything kept, and what can a test read of it?
import type {
  ChatRecord,
  ConversationRecord,
  FeedbackRecord,
  FetchRecord,
  FileRecord,
  QuestionRecord,
  RequestRecord,
  SpeechRecord,
  ToolOutputsRecord,
  TranscriptionRecord,
  WorkflowRunRecord,
} from './records.ts'
import type { UploadStats } from './upload-desk.ts'

/** The emulator's memory, as tests and the playground read it. */
export interface CozeStore {
  readonly conversations: ReadonlyMap<string, Readonly<ConversationRecord>>
  readonly chats: ReadonlyMap<string, Readonly<ChatRecord>>
  /** Every upload by its id, oldest first. */
  readonly files: ReadonlyMap<string, FileRecord>
  readonly uploads: Readonly<UploadStats>
  /** What was asked, oldest first, with what came beside the words. */
  readonly questions: readonly QuestionRecord[]
  readonly transcriptions: readonly TranscriptionRecord[]
  readonly speeches: readonly SpeechRecord[]
  /** Requests for served files, oldest first. */
  readonly fetches: readonly FetchRecord[]
  /** By execute id. */
  readonly workflowRuns: ReadonlyMap<string, Readonly<WorkflowRunRecord>>
  /** Verdicts on answers, oldest first. */
  readonly feedbacks: readonly FeedbackRecord[]
  /** What was submitted to waiting chats, oldest first. */
  readonly toolOutputs: readonly ToolOutputsRecord[]
  /** Every request, oldest first; the oldest are dropped above `maxRequests`. */
  readonly requests: readonly RequestRecord[]
  /** The most chats that ever ran at once in one conversation. The rules allow one. */
  readonly maxRunningPerConversation: number
  readonly counts: Readonly<Counts>
  /** What a chat shows a person: its answers in order, each a string of its own. Empty for an unknown chat. */
  answerText(chatId: string): readonly string[]
  /** Chats of a conversation, oldest first. */
  chatsOf(conversationId: string): readonly Readonly<ChatRecord>[]
  /** Runs of a workflow, oldest first. */
  runsOf(workflowId: string): readonly Readonly<WorkflowRunRecord>[]
}

export interface Counts {
  requests: number
  chats: number
  running: number
  completed: number
  failed: number
  canceled: number
  /** How often a chat was refused because another ran in its conversation (4016). */
  refusedBusy: number
}

/** The same, as the emulator itself writes it. */
export interface WritableStore extends CozeStore {
  readonly conversations: Map<string, ConversationRecord>
  readonly chats: Map<string, ChatRecord>
  readonly files: Map<string, FileRecord>
  readonly workflowRuns: Map<string, WorkflowRunRecord>
  readonly feedbacks: FeedbackRecord[]
  readonly toolOutputs: ToolOutputsRecord[]
  readonly transcriptions: TranscriptionRecord[]
  readonly speeches: SpeechRecord[]
  readonly fetches: FetchRecord[]
  readonly counts: Counts
  readonly variables: Map<string, Map<string, { readonly value: string; readonly updatedAtS: number }>>
  addRequest(request: RequestRecord): void
  /** A chat begins to run in its conversation. */
  started(chat: ChatRecord): void
  /** It runs no more (also while it waits for an action). */
  stopped(chat: ChatRecord): void
}

export function createStore(maxRequests: number, uploads: Readonly<UploadStats>): WritableStore {
  const conversations = new Map<string, ConversationRecord>()
  const chats = new Map<string, ChatRecord>()
  const requests: RequestRecord[] = []
  const workflowRuns = new Map<string, WorkflowRunRecord>()
  const running = new Map<string, number>()
  const counts: Counts = {
    requests: 0,
    chats: 0,
    running: 0,
    completed: 0,
    failed: 0,
    canceled: 0,
    refusedBusy: 0,
  }
  let maxRunning = 0
  return {
    conversations,
    chats,
    files: new Map(),
    uploads,
    transcriptions: [],
    speeches: [],
    fetches: [],
    get questions() {
      return [...chats.values()].map(questionOf)
    },
    workflowRuns,
    feedbacks: [],
    toolOutputs: [],
    variables: new Map(),
    requests,
    counts,
    get maxRunningPerConversation() {
      return maxRunning
    },
    addRequest(request) {
      counts.requests += 1
      requests.push(request)
      // Dropped in blocks: shifting one by one would cost the whole array each time.
      if (requests.length > maxRequests * 1.25) requests.splice(0, requests.length - maxRequests)
    },
    started(chat) {
      const now = (running.get(chat.conversationId) ?? 0) + 1
      running.set(chat.conversationId, now)
      maxRunning = Math.max(maxRunning, now)
      counts.running += 1
    },
    stopped(chat) {
      const left = (running.get(chat.conversationId) ?? 1) - 1
      if (left === 0) running.delete(chat.conversationId)
      else running.set(chat.conversationId, left)
      counts.running -= 1
    },
    answerText(chatId) {
      const messages = chats.get(chatId)?.messages ?? []
      return messages.filter((message) => message.type === 'answer').map((message) => message.content)
    },
    chatsOf: (conversationId) => [...chats.values()].filter((chat) => chat.conversationId === conversationId),
    runsOf: (workflowId) => [...workflowRuns.values()].filter((run) => run.workflowId === workflowId),
  }
}

function questionOf(chat: ChatRecord): QuestionRecord {
  const { id: chatId, conversationId, userId, startedAtMs: atMs, query: text, items } = chat
  return { chatId, conversationId, userId, atMs, text, items }
}
