// An assistant whose words all pass through a filter before anybody sees or stores them.

import type { Assistant, PersonsAnswer, Prompt, ReplyEvent, ToolCall } from './contract/assistant.ts'
import { AssistantError } from './contract/errors.ts'
import type { Failure } from './contract/errors.ts'
import type { Json } from './contract/event.ts'
import { clean } from './clean.ts'
import type { Scrub } from './scrub.ts'
import type { TextFilter } from './text-filter.ts'

/** Secrets neither come out of it nor go into it: answers, questions asked back, files' names, failures, what is asked. */
export function scrubbedAssistant(assistant: Assistant, scrub: Scrub): Assistant {
  return filteredAssistant(withScrubbedQuestions(assistant, scrub), scrub)
}

/** Its words hold no control characters and nothing that turns or hides text. */
export function cleanAssistant(assistant: Assistant): Assistant {
  return filteredAssistant(assistant, clean)
}

/** What is opaque to us (handles, ids, sound) stays as it is. A reply's deltas may come a few characters later. */
export function filteredAssistant(assistant: Assistant, filter: TextFilter): Assistant {
  const { run, resume, greeting, transcribe, upload, speak, clear, rate, storedFile } = assistant
  const calls = <T>(work: Promise<T>) => withFilteredFailure(work, filter)
  const replies = (events: AsyncIterable<ReplyEvent>) => filteredReply(events, filter)
  return {
    ...assistant,
    startConversation: (...args) => calls(assistant.startConversation(...args)),
    answer: (...args) => replies(assistant.answer(...args)),
    find: (...args) => calls(assistant.find(...args)),
    follow: (...args) => replies(assistant.follow(...args)),
    submit: (...args) => replies(assistant.submit(...args)),
    cancel: (...args) => calls(assistant.cancel(...args)),
    health() {
      const health = assistant.health()
      return 'because' in health ? { ...health, because: filter(health.because) } : health
    },
    async check(...args) {
      const findings = await calls(assistant.check(...args))
      return findings.map((finding) => ({
        ...finding,
        subject: filter(finding.subject),
        reason: filter(finding.reason),
        ...(finding.remedy === undefined ? {} : { remedy: filter(finding.remedy) }),
      }))
    },
    ...(run && { run: (...args) => replies(run(...args)) }),
    ...(resume && { resume: (...args) => replies(resume(...args)) }),
    ...(clear && { clear: (...args) => calls(clear(...args)) }),
    ...(upload && { upload: (...args) => calls(upload(...args)) }),
    ...(speak && { speak: (...args) => calls(speak(...args)) }),
    ...(rate && { rate: (...args) => calls(rate(...args)) }),
    ...(transcribe && {
      transcribe: async (...args) => ({ text: filter((await calls(transcribe(...args))).text) }),
    }),
    ...(greeting && {
      async greeting(...args) {
        const { text, suggestions } = await calls(greeting(...args))
        return { text: filter(text), suggestions: suggestions.map(filter) }
      },
    }),
    ...(storedFile && {
      storedFile(url) {
        const file = storedFile(url)
        return file?.name === undefined ? file : { ...file, name: filter(file.name) }
      },
    }),
  } satisfies Assistant
}

async function* filteredReply(
  events: AsyncIterable<ReplyEvent>,
  filter: TextFilter,
): AsyncGenerator<ReplyEvent, void, undefined> {
  let visible = filter.stream()
  let reasoning = filter.stream()
  for await (const event of events) {
    switch (event.kind) {
      case 'delta': {
        const text = visible.push(event.text)
        if (text !== '') yield { ...event, text }
        break
      }
      case 'whole':
        // It has what was held back.
        visible = filter.stream()
        yield { ...event, text: filter(event.text) }
        break
      case 'reasoning': {
        if (event.whole === true) {
          reasoning = filter.stream()
          yield { ...event, text: filter(event.text) }
          break
        }
        const text = reasoning.push(event.text)
        if (text !== '') yield { ...event, text }
        break
      }
      case 'files':
        yield { ...event, files: event.files.map((file) => filteredFile(file, filter)) }
        break
      case 'suggestions':
        yield { ...event, texts: event.texts.map(filter) }
        break
      case 'status':
        yield event.tool === undefined ? event : { ...event, tool: filter(event.tool) }
        break
      case 'started':
      case 'queued':
      case 'audio':
        yield event
        break
      case 'completed':
      case 'toolCalls':
      case 'question':
      case 'failed': {
        const thought = reasoning.end()
        if (thought !== '') yield { kind: 'reasoning', text: thought }
        const text = visible.end()
        if (text !== '') yield { kind: 'delta', text }
        yield filteredClosing(event, filter)
        break
      }
    }
  }
}

type Closing = Extract<ReplyEvent, { kind: 'completed' | 'toolCalls' | 'question' | 'failed' }>

function filteredClosing(event: Closing, filter: TextFilter): Closing {
  switch (event.kind) {
    case 'completed':
      return event.debugUrl === undefined ? event : { ...event, debugUrl: filter(event.debugUrl) }
    case 'toolCalls':
      return { ...event, calls: event.calls.map((call) => filteredCall(call, filter)) }
    case 'question':
      return { ...event, prompt: filteredPrompt(event.prompt, filter) }
    case 'failed':
      return { ...event, failure: filteredFailure(event.failure, filter) }
  }
}

function filteredFile(
  file: { readonly url: string; readonly name?: string },
  filter: TextFilter,
): { readonly url: string; readonly name?: string } {
  return { url: filter(file.url), ...(file.name === undefined ? {} : { name: filter(file.name) }) }
}

/** The names of fields are what the backend knows the answers by, and stay. */
function filteredPrompt({ text, choices, fields, link }: Prompt, filter: TextFilter): Prompt {
  return {
    text: filter(text),
    ...(choices === undefined ? {} : { choices: choices.map(filter) }),
    ...(link === undefined ? {} : { link: filter(link) }),
    ...(fields === undefined
      ? {}
      : {
          fields: fields.map((field) => ({
            ...field,
            ...(field.description === undefined ? {} : { description: filter(field.description) }),
            ...(field.default === undefined ? {} : { default: filteredJson(field.default, filter) }),
          })),
        }),
  }
}

function filteredCall(call: ToolCall, filter: TextFilter): ToolCall {
  return { ...call, argumentsJson: filteredJsonText(call.argumentsJson, filter) }
}

/** Text by text, since a filter knows nothing of quotes; what is no JSON is a text itself. */
function filteredJsonText(json: string, filter: TextFilter): string {
  let value: Json
  try {
    value = JSON.parse(json) as Json
  } catch {
    return filter(json)
  }
  const before = JSON.stringify(value)
  const after = JSON.stringify(filteredJson(value, filter))
  // Numbers too long for JavaScript, and spaces, stay as they were written.
  return before === after ? json : after
}

function filteredJson(value: Json, filter: TextFilter): Json {
  if (typeof value === 'string') return filter(value)
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return value.map((item) => filteredJson(item, filter))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filteredJson(item, filter)]))
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function filteredFailure(failure: Failure, filter: TextFilter): Failure {
  return {
    ...failure,
    detail: filter(failure.detail),
    ...(failure.debugUrl === undefined ? {} : { debugUrl: filter(failure.debugUrl) }),
  }
}

async function withFilteredFailure<T>(work: Promise<T>, filter: TextFilter): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof AssistantError)) throw error
    throw new AssistantError(filteredFailure(error.failure, filter), error.cause)
  }
}

/** A file's words and a tool's answer come into a question after the event was scrubbed. */
function withScrubbedQuestions(assistant: Assistant, scrub: Scrub): Assistant {
  const { resume } = assistant
  return {
    ...assistant,
    answer: (question, signal) => assistant.answer({ ...question, text: scrub(question.text) }, signal),
    find: (question, signal) => assistant.find({ ...question, text: scrub(question.text) }, signal),
    submit: (waiting, signal) =>
      assistant.submit(
        {
          ...waiting,
          results: waiting.results.map((result) => ({ ...result, output: scrub(result.output) })),
        },
        signal,
      ),
    ...(resume && {
      resume: (token, answer, signal) => resume(token, scrubbedAnswer(answer, scrub), signal),
    }),
  } satisfies Assistant
}

function scrubbedAnswer(answer: PersonsAnswer, scrub: Scrub): PersonsAnswer {
  if ('text' in answer) return { text: scrub(answer.text) }
  const values = Object.entries(answer.values).map(
    ([name, value]) => [name, filteredJson(value, scrub)] as const,
  )
  return { values: Object.fromEntries(values) }
}
