// The steps of a turn that asks an agent: ask it, look whether it was asked, answer the tools it calls for.

import type { ToolCall, ToolResult } from '../../contract/assistant.ts'
import type { AgentSpec } from '../../contract/policy.ts'
import type { AnswerUse } from '../../contract/turn.ts'
import { fieldOfOption } from '../../fields/fields.ts'
import { readValues } from '../../fields/values.ts'
import { askedWithFiles, heardIn } from '../media/asked-text.ts'
import { readReferences } from './complete.ts'
import { filesReady } from './files-ready.ts'
import { askInTurn, waitsLong } from './in-turn.ts'
import { askerOf, conversationFor, dropConversation, keepConversation } from './conversation.ts'
import { composeReply } from './ending.ts'
import { withPerson } from './person.ts'
import { labelOf, readReply } from './reading.ts'
import { agentOf, type Scene } from './scene.ts'
import type { Answered, Answering, AskedState, Step } from './step.ts'
import { parametersOf, textIn } from './uploads.ts'

/** A lost question may show up at the assistant a little later. */
const LOOK_AGAIN_AFTER_MS = 3_000
const TOOL_ROUNDS = 8

export async function ask(scene: Scene): Promise<Step> {
  const { turn, world, route, screen, signal } = scene
  if (waitsLong(scene)) screen.hint()
  else screen.begin()
  const unreadable = await readReferences(turn, route, scene, signal)
  if (unreadable) return { do: 'deliver', answer: screen.text, notice: unreadable }
  const configured = agentOf(scene)
  const wanted = await parametersWanted(scene, configured)
  if (wanted) return wanted
  await filesReady(scene)
  const { asked } = turn.record
  const { text, media } = askedWithFiles(asked.text, asked.attachments, screen.say)
  if (route?.voice.quote === true) await screen.quote(heardIn(asked.attachments))
  // Nothing is left of it but files that could not be taken: why, stands below.
  if (text === '') return { do: 'deliver', answer: screen.text }
  const conversation = await conversationFor(turn.record, configured, world, signal)
  const known = await world.conversations.get(turn.record.agent, turn.record.scopeKey)
  const question = {
    agent: forPerson(configured, scene, known?.parameters),
    conversation,
    asker: askerOf(turn.record, world, route),
    turnId: turn.record.id,
    text,
    media,
  }
  const ask = () => world.assistant.answer(question, signal)
  return await askInTurn(scene, { phase: 'asked', conversation, text }, ask, { do: 'ask' }, screen.begin)
}

export async function look(scene: Scene, asked: AskedState): Promise<Step> {
  const { turn, world, screen, signal } = scene
  const question = { agent: agentOf(scene), turnId: turn.record.id, ...asked }
  let found = await world.assistant.find(question, signal)
  if (found.found === 'absent') {
    await world.clock.sleep(LOOK_AGAIN_AFTER_MS, signal)
    found = await world.assistant.find(question, signal)
  }
  switch (found.found) {
    case 'found': {
      const answering: Answering = { ...asked, phase: 'answering', handle: found.handle }
      await scene.save(answering)
      return { do: 'follow', answering }
    }
    case 'absent':
      return { do: 'ask' }
    case 'cannotTell':
      return { do: 'deliver', answer: screen.text, notice: { key: 'failure.cannotTell' } }
  }
}

/** Tools of the owner's answer for themselves; words wanted of the person are asked of them. */
export async function submit(scene: Scene, answering: Answering, calls: readonly ToolCall[]): Promise<Step> {
  const { turn, world, screen, brought } = scene
  brought.toolRounds += 1
  const wanted = calls.find((call) => call.kind === 'ask')
  const { given } = answering
  if (wanted && wanted.id === given?.callId && brought.toolRounds <= TOOL_ROUNDS) {
    const others = calls.filter((call) => call !== wanted)
    const results = [{ id: wanted.id, output: given.output }, ...(await resultsOf(scene, others))]
    return await submitResults(scene, answering, calls, results)
  }
  // Such a chat blocks its conversation while it waits: another question would get a new one.
  if (wanted || brought.toolRounds > TOOL_ROUNDS) await dropConversation(turn.record, world)
  if (brought.toolRounds > TOOL_ROUNDS) return { do: 'deliver', answer: screen.text }
  if (wanted) {
    const others = calls.filter((call) => call !== wanted)
    const use: AnswerUse = { kind: 'tool', handle: answering.handle, callId: wanted.id, others }
    const question = questionIn(wanted)
    const said = screen.text.includes(question) ? '' : question
    const label = labelOf(question) || labelOf(screen.text) || screen.say({ key: 'control.answer' })
    return {
      do: 'wait',
      use,
      fields: [{ name: 'answer', label, kind: 'long', required: true }],
      values: {},
      reply: composeReply(screen.text, said === '' ? [] : [said]),
      title: '',
    }
  }
  return await submitResults(scene, answering, calls, await resultsOf(scene, calls))
}

/** The person's words go back to the agent that asked for them, with what else it waits for. */
export async function submitAnswer(
  scene: Scene,
  { conversation, askedAtMs, values }: Answered,
  use: Extract<AnswerUse, { readonly kind: 'tool' }>,
): Promise<Step> {
  const { turn, world } = scene
  const output = textIn(values)
  const answering: Answering = {
    phase: 'answering',
    conversation,
    askedAtMs,
    text: turn.record.asked.text,
    handle: use.handle,
    given: { callId: use.callId, output },
  }
  const results = [{ id: use.callId, output }, ...(await resultsOf(scene, use.others))]
  await scene.save(answering)
  // It is free again, unless somebody began another meanwhile.
  const other = await world.conversations.get(turn.record.agent, turn.record.scopeKey)
  if (!other) await keepConversation(turn.record, conversation, world)
  return await submitResults(scene, answering, [], results)
}

async function submitResults(
  scene: Scene,
  answering: Answering,
  calls: readonly ToolCall[],
  results: readonly ToolResult[],
): Promise<Step> {
  const { world, signal } = scene
  const events = world.assistant.submit({ agent: agentOf(scene), ...answering, results }, signal)
  return await readReply(scene, events, { do: 'submit', answering, calls })
}

async function resultsOf(scene: Scene, calls: readonly ToolCall[]): Promise<readonly ToolResult[]> {
  const { turn, world, route, signal } = scene
  const { chatId, account } = turn.record.asked.address
  const person = askerOf(turn.record, world, route).userId
  const context = { turn: turn.record.id, person, platform: account, chat: chatId }
  return await Promise.all(
    calls.map(async ({ id, name, argumentsJson }) => ({
      id,
      output: await world.tools({ name, argumentsJson, context }, signal),
    })),
  )
}

/** What the agent wants to know before a conversation begins, and has not been told yet. */
async function parametersWanted(scene: Scene, agent: AgentSpec): Promise<Step | undefined> {
  if (agent.kind !== 'chatflow' || !agent.options?.length) return undefined
  const { turn, world, screen } = scene
  const { agent: key, scopeKey, given } = turn.record
  const known = await world.conversations.get(key, scopeKey)
  if (known?.parameters !== undefined) return undefined
  const fields = agent.options.map((option) => fieldOfOption(option, screen.locale))
  const { values, missing } = readValues(fields, given ?? {})
  if (missing.length > 0) {
    const title = screen.say({ key: 'ask.parameters' })
    return { do: 'wait', use: { kind: 'parameters' }, fields: missing, values: {}, reply: screen.text, title }
  }
  const read = await parametersOf(values, scene)
  if (!read.ok) return { do: 'deliver', answer: screen.text, notice: read.notice }
  const conversation = await conversationFor(turn.record, agent, world, scene.signal)
  await keepConversation(turn.record, conversation, world, read.parameters)
  return undefined
}

/** The agent as it was asked, for a reply that is followed. */
export async function agentAsAsked(scene: Scene): Promise<AgentSpec> {
  const { turn, world } = scene
  const known = await world.conversations.get(turn.record.agent, turn.record.scopeKey)
  return forPerson(agentOf(scene), scene, known?.parameters)
}

/** The agent with its gaps filled: what the owner wrote about the person, and what the person gave. */
function forPerson(
  agent: AgentSpec,
  { turn, world, route, screen }: Scene,
  given: AgentSpec['parameters'],
): AgentSpec {
  const { userId } = askerOf(turn.record, world, route)
  const parameters = {
    ...withPerson(agent.parameters ?? {}, turn.record.asked, { userId, locale: screen.locale }),
    ...given,
  }
  return Object.keys(parameters).length === 0 ? agent : { ...agent, parameters }
}

/** Coze names no form for what an agent says with such a call; these have been seen. */
function questionIn({ argumentsJson }: ToolCall): string {
  try {
    const given: unknown = JSON.parse(argumentsJson)
    if (typeof given === 'string') return given
    if (typeof given !== 'object' || given === null) return ''
    const known = new Map<string, unknown>(Object.entries(given))
    const words = ['question', 'content', 'message', 'text'].map((name) => known.get(name))
    return words.find((each) => typeof each === 'string') ?? ''
  } catch {
    return argumentsJson
  }
}
