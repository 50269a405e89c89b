// How is a chat's script stepped through, with answers as it wants them?
import { answerOf, choiceOf, fieldsOf, lettered } from './answers.ts'
import { Refusal } from './refusal.ts'
import type { ToolCall } from './records.ts'
import type { ChatSteps } from './runs.ts'
import type { AskStep, Script, Step, ToolOutput } from './script.ts'
import { firstFault } from './workflow-fields.ts'
import type { InputStep } from './workflow-script.ts'
import type { World } from './world.ts'

export function scriptOf(world: World, id: string, fallback: Script | undefined, echo: Script): Script {
  return world.scripts.get(id) ?? fallback ?? echo
}

/** An input node that got no right answer so often fails (Coze docs: resume a workflow). */
const MAX_ANSWERS = 3

/**
 * The iterator of a script. A first step `refuse` is thrown before any chat exists; an input node whose answer lacks a
 * required field asks again; the letter of a choice becomes its text.
 */
export function stepsOf(script: ReturnType<Script>): ChatSteps {
  const steps = script[Symbol.iterator]()
  let first: IteratorResult<Step, unknown> | undefined = steps.next()
  if (first.done !== true && 'refuse' in first.value)
    throw new Refusal(first.value.refuse.code, first.value.refuse.msg)
  let asked: AskStep | InputStep | undefined
  let answers = 0

  function answered(outputs: readonly ToolOutput[]): Step | readonly ToolOutput[] {
    if (asked === undefined) return outputs
    answers += 1
    if ('input' in asked) {
      if (firstFault(asked.input, fieldsOf(outputs)) === undefined) return outputs
      return answers < MAX_ANSWERS
        ? asked
        : { fail: { code: 720702017, msg: 'the input was asked too often' } }
    }
    const [one] = outputs
    return one === undefined ? [] : [{ ...one, output: choiceOf(answerOf(outputs), asked.choices) }]
  }

  return {
    next(outputs) {
      const given = outputs === undefined ? undefined : answered(outputs)
      if (given !== undefined && !isOutputs(given)) return { done: false, value: given }
      const next = first ?? steps.next(given)
      first = undefined
      answers = 0
      asked = next.done !== true && isAsking(next.value) ? next.value : undefined
      return next
    },
  }
}

function isOutputs(given: Step | readonly ToolOutput[]): given is readonly ToolOutput[] {
  return Array.isArray(given)
}

export function isAsking(step: Step): step is AskStep | InputStep {
  return 'ask' in step || 'input' in step
}

/** What a person reads before they answer. */
export function questionOf(step: AskStep | InputStep): string {
  return 'ask' in step ? lettered(step.ask, step.choices) : (step.text ?? '')
}

/** What an agent's chat waits for then. What the arguments hold is not documented. */
export function replyCall(step: AskStep | InputStep): Omit<ToolCall, 'id'> {
  const wanted =
    'ask' in step
      ? { question: step.ask, ...(step.choices && { options: step.choices.map((name) => ({ name })) }) }
      : { question: step.text ?? '', parameters: step.input }
  return { type: 'reply_message', name: 'question', arguments: JSON.stringify(wanted) }
}
