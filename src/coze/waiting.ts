// What must be remembered of a reply that waits for a person, so that it can go on after a restart?

import type { PersonsAnswer, PromptField } from '../contract/assistant.ts'
import { AssistantError } from '../contract/errors.ts'
import type { Json, JsonObject } from '../contract/event.ts'
import type { AgentSpec, WorkflowSpec } from '../contract/policy.ts'
import { garbledFailure } from './errors.ts'
import { toFieldValue } from './fields.ts'
import { INTERRUPT, letterOf } from './interrupt.ts'
import type { Interrupt } from './interrupt.ts'
import { compact, isObject, readJson, toList, toObject, toText } from './json.ts'

/** A run, as far as all its calls and its shape on screen depend on it. */
export interface RunAbout {
  readonly workflow: string
  readonly mode: WorkflowSpec['mode']
  readonly userId: string
  /** The template its result is shown by. */
  readonly show?: string
  /** Asynchronous runs. */
  readonly executeId?: string
  /** Output nodes of an asynchronous run that stand on the screen already. */
  readonly told?: readonly string[]
}

export interface WaitingRun extends RunAbout {
  readonly kind: 'workflow'
  readonly eventId: string
  readonly interruptType: number
  readonly fields: readonly Pick<PromptField, 'name' | 'type'>[]
  readonly choices: readonly string[]
}

export type ChatflowSpec = Extract<AgentSpec, { readonly kind: 'chatflow' }>

export interface WaitingChatflow {
  readonly kind: 'chatflow'
  readonly agent: ChatflowSpec
  readonly conversationId: string
  /** Whose conversation it is … */
  readonly userId: string
  /** … and who asked in it. */
  readonly askerId: string
  /** Written into the answer's meta data. */
  readonly mark: string
  readonly choices: readonly string[]
}

export function toWaitingRun(about: RunAbout, { eventId, type, prompt }: Interrupt): JsonObject {
  return compact({
    kind: 'workflow',
    workflow: about.workflow,
    mode: about.mode,
    userId: about.userId,
    show: about.show,
    executeId: about.executeId,
    told: about.told === undefined || about.told.length === 0 ? undefined : about.told,
    eventId,
    interruptType: type,
    fields: prompt.fields?.map(({ name, type: fieldType }) => ({ name, type: fieldType })),
    choices: prompt.choices,
  })
}

export function toWaitingChatflow(waiting: Omit<WaitingChatflow, 'kind'>): JsonObject {
  const { workflow, app, bot, parameters } = waiting.agent
  return compact({
    kind: 'chatflow',
    agent: compact({ workflow, app, bot, parameters }),
    conversationId: waiting.conversationId,
    userId: waiting.userId,
    askerId: waiting.askerId,
    mark: waiting.mark,
    choices: waiting.choices.length === 0 ? undefined : waiting.choices,
  })
}

/** Reads back what one of the two above made. Throws `AssistantError` for anything else. */
export function readWaiting(resume: JsonObject): WaitingRun | WaitingChatflow {
  const waiting = resume['kind'] === 'chatflow' ? readChatflow(resume) : readRun(resume)
  if (waiting === undefined)
    throw new AssistantError(garbledFailure('resume', 'not a resume of this assistant'))
  return waiting
}

function readRun(resume: JsonObject): WaitingRun | undefined {
  const { workflow, mode, userId, eventId, interruptType, show, executeId } = resume
  const isMode = mode === 'stream' || mode === 'run' || mode === 'async'
  if (typeof workflow !== 'string' || typeof userId !== 'string' || !isMode) return undefined
  if (typeof eventId !== 'string' || typeof interruptType !== 'number') return undefined
  const told = toStrings(resume['told'])
  return {
    kind: 'workflow',
    workflow,
    mode,
    userId,
    eventId,
    interruptType,
    fields: toList(resume['fields'])
      .map(toObject)
      .map(({ name, type }) => ({ name: toText(name), type: toText(type) })),
    choices: toStrings(resume['choices']),
    ...(typeof show === 'string' ? { show } : {}),
    ...(typeof executeId === 'string' ? { executeId } : {}),
    ...(told.length === 0 ? {} : { told }),
  }
}

function readChatflow(resume: JsonObject): WaitingChatflow | undefined {
  const { conversationId, userId, askerId, mark } = resume
  const agent = toObject(resume['agent'])
  const { workflow, app, bot, parameters } = agent
  if (typeof conversationId !== 'string' || typeof userId !== 'string' || typeof mark !== 'string')
    return undefined
  if (typeof workflow !== 'string') return undefined
  return {
    kind: 'chatflow',
    agent: {
      kind: 'chatflow',
      workflow,
      ...(typeof app === 'string' ? { app } : {}),
      ...(typeof bot === 'string' ? { bot } : {}),
      ...(isObject(parameters) ? { parameters: parameters as JsonObject } : {}),
    },
    conversationId,
    userId,
    askerId: typeof askerId === 'string' ? askerId : userId,
    mark,
    choices: toStrings(resume['choices']),
  }
}

function toStrings(value: unknown): readonly string[] {
  return toList(value).filter((entry) => typeof entry === 'string')
}

/** `resume_data` for what a person answered. Coze docs: resume workflow. */
export function toResumeData(waiting: WaitingRun, answer: PersonsAnswer): string {
  const { interruptType, fields, choices } = waiting
  const wantsFields =
    interruptType === INTERRUPT.input || (interruptType === INTERRUPT.requireInfos && fields.length > 0)
  if ('values' in answer) {
    return wantsFields ? JSON.stringify(typed(answer.values, fields)) : wordsOf(answer.values, choices)
  }
  return wantsFields ? toFieldsJson(answer.text, fields) : toChoice(answer.text, choices)
}

/** The next message of a chatflow that asked: values as JSON text, which its input nodes take. Coze docs: run chatflow. */
export function toChatflowAnswer(waiting: WaitingChatflow, answer: PersonsAnswer): string {
  if ('text' in answer) return toChoice(answer.text, waiting.choices)
  return waiting.choices.length > 0 ? wordsOf(answer.values, waiting.choices) : JSON.stringify(answer.values)
}

/** JSON that names one of the fields is the whole answer; anything else is the value of the first field. */
function toFieldsJson(text: string, fields: WaitingRun['fields']): string {
  const first = fields[0]
  const value = readJson(text)
  const isWhole = isObject(value) && fields.some(({ name }) => Object.hasOwn(value, name))
  return first === undefined || isWhole
    ? text
    : JSON.stringify({ [first.name]: toFieldValue(text, first.type) })
}

/** Lists and objects are typed as JSON by people. */
function typed(
  values: Readonly<Record<string, Json>>,
  fields: WaitingRun['fields'],
): Readonly<Record<string, Json>> {
  const types = new Map(fields.map(({ name, type }) => [name, type]))
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const type = types.get(name) ?? ''
      const isJson = typeof value === 'string' && (type === 'array' || type === 'object')
      return [name, isJson ? toFieldValue(value, type) : value]
    }),
  )
}

/** A question wants words: those of the only value, if it is one. */
function wordsOf(values: Readonly<Record<string, Json>>, choices: readonly string[]): string {
  const given = Object.values(values)
  const only = given[0]
  if (given.length > 1 || only === undefined) return JSON.stringify(values)
  return typeof only === 'string' ? toChoice(only, choices) : JSON.stringify(only)
}

/** The text of the choice that was meant: cloud knows no letters, and takes the option's own words. */
function toChoice(text: string, choices: readonly string[]): string {
  const word = text.trim().toLowerCase()
  const named = choices.find((choice) => choice.trim().toLowerCase() === word)
  return (
    named ?? choices.find((_choice, i) => letterOf(i).toLowerCase() === word.replace(/[.、)]$/, '')) ?? text
  )
}
