// How do drafts live? Shown in a private chat for half a minute, replaced by the next, ended by a message or Stop.
import { isObject, type Args } from './args.ts'
import { present } from '../common/bounded.ts'
import { badRequest } from './errors.ts'
import { codePoints, readText, TEXT_LENGTH } from './format.ts'
import { checkTopic, findChat, mayWrite } from './places.ts'
import { readRich } from './rich.ts'
import { wordsOf, type ChatState, type DraftState } from './store.ts'
import type { FormattedText } from './types.ts'
import { knownUser, type Methods, type World } from './world.ts'

export const draftMethods: Methods = {
  sendMessageDraft: (args, world) => {
    const state = findDraftChat(args, world)
    const text = readText(args, 'text', knownUser(world))
    if (codePoints(text.text) > TEXT_LENGTH) throw badRequest('MESSAGE_TOO_LONG')
    return showDraft(world, state, args, text)
  },
  sendRichMessageDraft: (args, world) => {
    const state = findDraftChat(args, world)
    const given = args.json('rich_message')
    if (!isObject(given)) throw badRequest('rich_message is empty')
    const { text } = wordsOf({ message_id: 0, date: 0, chat: state.chat, rich_message: readRich(given) })
    return showDraft(world, state, args, { text, entities: [] })
  },
}

/** A message arrived there: its drafts are over. No frame: the message's own takes their place. */
export function clearDrafts(state: ChatState, topicId: number | undefined): void {
  for (const [key, draft] of state.drafts) {
    if (draft.threadId !== topicId) continue
    clearTimeout(draft.timer)
    state.drafts.delete(key)
  }
}

/** The person pressed Stop: further frames under this id are ignored. */
export function stopDraftIn(world: World, state: ChatState, draftId: number, threadId?: number): void {
  const key = keyOf(draftId, threadId)
  const draft = state.drafts.get(key)
  if (draft === undefined) throw new Error(`no draft ${draftId} is on the screen of chat ${state.chat.id}`)
  if (!draft.canStop) throw new Error(`draft ${draftId} shows no Stop button (can_stop was not given)`)
  state.stoppedDrafts.add(key)
  if (!draft.keepOnStop) removeDraft(world, state, key)
}

function findDraftChat(args: Args, world: World): ChatState {
  const chatId = args.integer('chat_id')
  if (chatId !== undefined && chatId < 0) throw badRequest('TEXTDRAFT_PEER_INVALID')
  const state = findChat(world, args)
  if (state.chat.type !== 'private') throw badRequest('TEXTDRAFT_PEER_INVALID')
  mayWrite(state)
  const threadId = args.integer('message_thread_id')
  if (threadId !== undefined && threadId !== 0) checkTopic(world, state, threadId)
  if ((args.integer('draft_id') ?? 0) === 0) throw badRequest('RANDOM_ID_INVALID')
  return state
}

function showDraft(world: World, state: ChatState, args: Args, { text, entities }: FormattedText): true {
  const draftId = args.integer('draft_id') ?? 0
  const given = args.integer('message_thread_id')
  const threadId = given === 0 ? undefined : given
  const key = keyOf(draftId, threadId)
  if (state.stoppedDrafts.has(key)) return true
  const before = state.drafts.get(key)
  const timer =
    before?.timer.refresh() ?? setTimeout(() => removeDraft(world, state, key), world.behaviour.draftLivesMs)
  timer.unref()
  const draft: DraftState = {
    draftId,
    threadId,
    text,
    entities,
    canStop: args.flag('can_stop'),
    keepOnStop: args.flag('keep_on_stop'),
    timer,
  }
  state.drafts.set(key, draft)
  frame(world, state, 'draft', draft)
  return true
}

function removeDraft(world: World, state: ChatState, key: string): void {
  const draft = state.drafts.get(key)
  if (draft === undefined) return
  clearTimeout(draft.timer)
  state.drafts.delete(key)
  frame(world, state, 'delete', { ...draft, text: '', entities: [] })
}

function frame(world: World, state: ChatState, kind: 'draft' | 'delete', draft: DraftState): void {
  world.store.addFrame({
    kind,
    chatId: state.chat.id,
    ...present({ threadId: draft.threadId }),
    draftId: draft.draftId,
    byBot: true,
    fromId: world.me.id,
    text: draft.text,
    entities: draft.entities,
    atMs: world.nowMs(),
    atPerfMs: performance.now(),
  })
}

function keyOf(draftId: number, threadId: number | undefined): string {
  return `${threadId ?? 0}:${draftId}`
}
