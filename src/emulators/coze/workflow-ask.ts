// How does a waiting workflow say what it wants to know?
import { lettered } from './answers.ts'
import type { JsonObject } from './json.ts'
import type { WorkflowRunRecord } from './records.ts'
import type { AskStep, FieldSpec, InputStep, WorkflowStep } from './workflow-script.ts'

/** The steps that wait for a person. */
export type AskingStep =
  AskStep | InputStep | Extract<WorkflowStep, { authorize: string } | { interrupt: object }>

/** Interrupt types; 2, 5 and 7 as in Coze docs: run workflow. */
const QUESTION = 2
const INPUT = 5
const OAUTH = 7

export interface Asked {
  readonly type: number
  readonly node: string
  /** For the record. */
  readonly question: string
  /** What a Message event says before the interrupt, in a stream. */
  readonly words: string
  readonly data: string
  readonly requiredParameters?: JsonObject
}

/**
 * In a stream, cloud says the words in a Message and leaves `data` empty; where there is no stream they are in `data`
 * (Coze docs: stream run and run workflow, samples). Studio puts everything into `data`.
 */
export function askedBy(
  step: AskingStep,
  about: { readonly isStudio: boolean; readonly mode: WorkflowRunRecord['mode']; readonly node: string },
): Asked {
  const { isStudio, mode, node } = about
  if ('interrupt' in step) {
    const { type, data, requiredParameters } = step.interrupt
    const wanted = requiredParameters === undefined ? {} : { requiredParameters }
    return { type, node, question: data, words: '', data, ...wanted }
  }
  if ('authorize' in step)
    return { type: OAUTH, node, question: step.authorize, words: '', data: textData(step.authorize) }
  if ('input' in step) return askedFields(step, node, mode)
  if ((step.form ?? (isStudio ? 'options' : 'text')) === 'options')
    return { type: QUESTION, node, question: step.ask, words: '', data: optionsData(step, node) }
  const words = lettered(step.ask, step.choices)
  return mode === 'stream'
    ? { type: QUESTION, node, question: step.ask, words, data: '' }
    : { type: QUESTION, node, question: step.ask, words: '', data: textData(words) }
}

function askedFields(step: InputStep, node: string, mode: WorkflowRunRecord['mode']): Asked {
  const text = step.text ?? ''
  if (step.form === 'list') {
    const list = Object.entries(step.input).map(([name, spec]) => listed(name, spec))
    return {
      type: INPUT,
      node,
      question: text,
      words: mode === 'stream' ? text : '',
      data: textData(JSON.stringify(list)),
    }
  }
  const fields = Object.entries(step.input).map(([name, spec]): [string, FieldSpec] => [
    name,
    { type: 'string', required: false, ...spec },
  ])
  return {
    type: INPUT,
    node,
    question: text,
    words: '',
    data: text === '' ? '' : textData(text),
    requiredParameters: Object.fromEntries(fields),
  }
}

function textData(content: string): string {
  return JSON.stringify({ content_type: 'text', content })
}

/** Studio's questions; `id` is the node's and a count. */
function optionsData(step: AskStep, node: string): string {
  const options = step.choices?.map((name) => ({ name }))
  const said =
    options === undefined
      ? { content_type: 'text', content: step.ask }
      : { content_type: 'option', content: { question: step.ask, options } }
  return JSON.stringify({ messages: [{ type: 'question', ...said, id: `${node}_0` }] })
}

/** In the list a kind of file is a string whose `assistType` says which. */
function listed(name: string, spec: FieldSpec): JsonObject {
  const type = spec.type ?? 'string'
  const assistType = ASSIST_TYPES[type]
  return {
    type: assistType === undefined ? type : 'string',
    name,
    required: spec.required ?? false,
    ...(assistType === undefined ? {} : { assistType }),
    ...(spec.description === undefined ? {} : { description: spec.description }),
  }
}

/** Source: coze-studio, domain/workflow/entity/vo (AssistType). */
const ASSIST_TYPES: Readonly<Record<string, number>> = {
  file: 1,
  image: 2,
  doc: 3,
  code: 4,
  ppt: 5,
  txt: 6,
  excel: 7,
  audio: 8,
  zip: 9,
  video: 10,
  svg: 11,
  voice: 12,
  time: 10_000,
}
