// The person answers what a turn asked them: the answer is stored with the turn in one commit, and the turn goes on.

import type { ActionEvent, AskingEvent, MessageEvent, OptionValue } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { Ack, FormField } from '../../contract/platform.ts'
import type { TurnRecord, TurnState, WaitingState } from '../../contract/turn.ts'
import { shownValue } from '../../fields/usage.ts'
import {
  answerOfChoice,
  answerOfForm,
  answerOfMessage,
  fieldsLeft,
  formOf,
  type Answer,
} from './read-answer.ts'
import { composeReply } from '../turn/ending.ts'
import { isFirst, notice, NOTHING, tell, type Hall } from './hall.ts'
import { languageFor } from '../language.ts'
import { routeFor } from '../route.ts'
import { waitingState } from '../waiting.ts'
import type { LiveTurn } from '../world.ts'

/** A message that may answer a question. Undefined: it is none, and is to be taken as any other. */
export async function takeWords(hall: Hall, event: MessageEvent): Promise<Ack | undefined> {
  const turn = hall.world.waiting.forMessage(event)
  const state = turn && waitingState(turn.record)
  if (!turn || !state) return undefined
  const answer = freely(state, event, answerOfMessage(state, event))
  // In a group people talk with each other, too: what does not fit was not meant for us.
  const isMeant = event.chatKind === 'direct' || event.mentionsBot || event.repliesToBot
  if (answer.is === 'fault' && !isMeant) return undefined
  return await take(hall, event, turn, state, answer)
}

/** A button or a form of a question that waits. */
export async function takeAnswer(hall: Hall, event: ActionEvent, turn: LiveTurn): Promise<Ack> {
  const state = waitingState(turn.record)
  if (!state) return notice('action.done')
  if (state.whoMayAnswer === 'asker' && event.sender.id !== turn.record.asked.sender.id) {
    return notice('action.notYours')
  }
  const chosen = answerOfChoice(state, event.token)
  if (chosen) return await take(hall, event, turn, state, chosen)
  if (event.values !== undefined) {
    return await take(hall, event, turn, state, answerOfForm(state, event.values))
  }
  const form = event.opensForm === true ? formFor(hall, event, turn, state) : undefined
  return form === undefined ? notice('action.expired') : { show: 'form', form }
}

function formFor(hall: Hall, event: ActionEvent, turn: LiveTurn, state: WaitingState) {
  const { world } = hall
  const { record } = turn
  const locale = event.sender.locale ?? localeOfTurn(hall, turn)
  const limits = world.platforms.get(event.address.account)?.outboxFor(record.asked.replyTarget).limits
  const say = (sentence: Notice): string => world.words.say(sentence, locale)
  const [first] = fieldsLeft(state)
  const title = state.title || first?.label || say({ key: 'control.answer' })
  return formOf(state, limits?.maxFormFields ?? 0, title, say({ key: 'control.send' }))
}

/** A workflow that offers choices may take other words as well: it decides, not we. */
function freely(state: WaitingState, { text, chatKind, ...said }: MessageEvent, answer: Answer): Answer {
  const isOpen = state.use.kind === 'resume' && state.use.oneText && state.link === undefined
  const isMeant = chatKind === 'direct' || said.mentionsBot || said.repliesToBot
  const [field] = state.fields
  if (answer.is !== 'fault' || !isOpen || !isMeant || field === undefined || text.trim() === '') return answer
  return { is: 'whole', values: { [field.name]: text.trim() } }
}

/** Rejects when it could not be stored: then the question waits on, and the platform offers the event again. */
async function take(
  hall: Hall,
  event: AskingEvent,
  turn: LiveTurn,
  state: WaitingState,
  answer: Answer,
): Promise<Ack> {
  const { world } = hall
  if (answer.is === 'fault') {
    return (await isFirst(hall, event.id)) ? tell(hall, event, answer.notice) : NOTHING
  }
  if (!world.waiting.take(turn)) return notice('action.done')
  const before = turn.record
  const echo = event.kind === 'message' ? '' : echoOf(hall, turn, state, answer.values)
  // At once, so that what is still being noted of the question is noted of this record.
  turn.record = { ...before, ...afterAnswer(before, state, answer, echo) }
  let isNew: boolean
  try {
    isNew = await world.journal.answer(event.id, turn.record)
  } catch (error) {
    putBack()
    throw error
  }
  if (!isNew) {
    putBack()
    return NOTHING
  }
  world.waiting.answered(before)
  closeAnswered(hall, turn, state, answer.values)
  hall.goOn(turn)
  return NOTHING

  function putBack(): void {
    turn.record = { ...turn.record, ...pick(before) }
    world.waiting.add(turn)
  }
}

const pick = ({ state, preface, command, given }: TurnRecord) => ({
  state,
  ...(preface === undefined ? {} : { preface }),
  ...(command === undefined ? {} : { command }),
  ...(given === undefined ? {} : { given }),
})

/** What the record becomes. With a part of the answer the rest is asked for. */
function afterAnswer(
  record: TurnRecord,
  state: WaitingState,
  answer: Extract<Answer, { readonly values: unknown }>,
  echo: string,
): Partial<TurnRecord> {
  const { values } = answer
  if (answer.is === 'part') return { state: { ...state, values } }
  const { command, preface = '' } = record
  const accepted: TurnState = { phase: 'accepted' }
  const { use, conversation, askedAtMs } = state
  switch (use.kind) {
    case 'options':
      return command === undefined
        ? { state: accepted }
        : { state: accepted, command: { ...command, values: { ...command.values, ...values } } }
    case 'parameters':
      return { state: accepted, given: { ...record.given, ...values } }
    case 'resume':
    case 'tool': {
      const said = composeReply(preface, echo === '' ? [] : [echo])
      const below = said.trim() === '' ? '' : `${said}\n\n`
      return { state: { phase: 'answered', conversation, askedAtMs, use, values }, preface: below }
    }
  }
}

/** A press leaves no words in the chat: what was answered is said in the reply. */
function echoOf(hall: Hall, turn: LiveTurn, state: WaitingState, values: Values): string {
  const locale = localeOfTurn(hall, turn)
  const said = state.fields.flatMap((field) => shown(hall, locale, field, values))
  const lines =
    state.fields.length === 1
      ? said.map(({ value }) => value)
      : said.map(({ label, value }) => `${label}: ${value}`)
  return lines
    .flatMap((line) => line.split('\n'))
    .map((line) => `> ${escaped(line)}`)
    .join('\n')
}

type Values = Readonly<Record<string, OptionValue>>

function shown({ world }: Hall, locale: string, field: FormField, values: Values) {
  const value = values[field.name]
  if (value === undefined) return []
  const words = {
    yes: world.words.say({ key: 'ask.yes' }, locale),
    no: world.words.say({ key: 'ask.no' }, locale),
  }
  return [{ label: field.label, value: shownValue(field, value, words) }]
}

/** A person's words are shown as they are: their Markdown is not ours. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|~]/g, String.raw`\$&`)
}

/** The message that asked says what was answered, and loses its buttons. A courtesy. */
function closeAnswered(hall: Hall, turn: LiveTurn, state: WaitingState, values: Values): void {
  const { words } = hall.world
  const locale = localeOfTurn(hall, turn)
  const lines = state.fields
    .filter(({ name }) => state.values[name] === undefined)
    .flatMap((field) => shown(hall, locale, field, values))
    .map((params) => words.say({ key: 'ask.answered', params }, locale))
  closeQuestion(hall, turn, state, lines.join('\n') || words.say({ key: 'ask.formAnswered' }, locale))
}

/** Puts words in the place of the message that asked, where it is one of its own. */
export function closeQuestion(hall: Hall, turn: LiveTurn, state: WaitingState, text?: string): void {
  const { messageId } = state.asking
  const { world } = hall
  const { asked } = turn.record
  const platform = world.platforms.get(asked.address.account)
  if (messageId === undefined || !platform) return
  const instead = text ?? world.words.say({ key: 'ask.over' }, localeOfTurn(hall, turn))
  hall.errands.edit(platform.outboxFor(asked.replyTarget), asked.address.account, messageId, instead)
}

function localeOfTurn({ world }: Hall, { record }: LiveTurn): string {
  const route = routeFor(record.asked, record.command?.name, world.policy)
  return languageFor(record.asked, route, world.policy)
}
