// Reads a stream of the assistant's to its end: words go to the screen, and the end names the next step.

import type { Prompt, ReplyEvent } from '../../contract/assistant.ts'
import type { JsonObject } from '../../contract/event.ts'
import type { FormField } from '../../contract/platform.ts'
import { fieldOfPrompt } from '../../fields/fields.ts'
import { nowWell } from '../admins.ts'
import { keepConversation } from './conversation.ts'
import { composeReply } from './ending.ts'
import { StepFailed } from './remedy.ts'
import { commandOf, type Scene } from './scene.ts'
import type { Step, WaitStep } from './step.ts'

type Queued = Extract<ReplyEvent, { kind: 'queued' }>

/** Rejects with `StepFailed` where the assistant failed. `queued`: what to do while it waits; told its place otherwise. */
export async function readReply(
  scene: Scene,
  events: AsyncIterable<ReplyEvent>,
  from: Step,
  queued: (event: Queued) => Promise<void> = (event) => showPlace(scene, event),
): Promise<Step> {
  const { turn, world, log, screen, brought } = scene
  for await (const event of events) {
    switch (event.kind) {
      case 'started':
        await started(scene, event, from)
        break
      case 'delta':
        screen.append(event.text)
        break
      case 'whole':
        screen.replace(event.text)
        break
      case 'suggestions':
        brought.suggestions = event.texts
        break
      case 'files':
        screen.knows(event.files)
        break
      case 'audio':
        brought.sound.push(event.bytes)
        break
      case 'queued':
        await queued(event)
        break
      case 'reasoning':
        screen.think(event.text, event.whole)
        break
      case 'status':
        if (event.tool !== undefined) screen.works(event.tool)
        break
      case 'completed':
        world.metrics.count('bridge_tokens_total', {}, event.usage?.totalTokens ?? 0)
        await countTokens(scene, event.usage?.totalTokens ?? 0)
        world.lastHandles.delete(turn.record.scopeKey)
        brought.debugUrl = event.debugUrl
        if (event.debugUrl !== undefined) log.info({ debugUrl: event.debugUrl }, 'the run can be looked at')
        return { do: 'deliver', answer: screen.text }
      case 'toolCalls': {
        for (const call of event.calls) if (call.kind === 'function') screen.works(call.name)
        const { state } = turn.record
        return state.phase === 'answering'
          ? { do: 'submit', answering: state, calls: event.calls }
          : { do: 'deliver', answer: screen.text, notice: { key: 'failure.unsupported' } }
      }
      case 'question':
        return toWait(scene, event.prompt, event.resume)
      case 'failed':
        brought.debugUrl = event.failure.debugUrl
        throw new StepFailed(event.failure, from)
    }
  }
  throw new Error('the assistant ended a stream without a closing event')
}

/** A place in line, while there is no text; taken back when its turn has come. */
export async function showPlace({ screen }: Scene, { ahead, waitMs }: Queued): Promise<void> {
  if (ahead === 0 && waitMs === 0) {
    await screen.clear()
    return
  }
  const params = { place: ahead + 1, seconds: Math.ceil(waitMs / 1_000) }
  screen.setStatus(screen.say({ key: 'queue.position', params }))
}

/** A budget that cannot be written costs the owner a little, not the person their reply. */
async function countTokens({ turn, world, route, log }: Scene, tokens: number): Promise<void> {
  await world.budget?.spend(turn.record.asked, route, tokens).catch((error: unknown) => {
    log.warn({}, 'tokens were not counted', error)
  })
  await nowWell(world, QUOTA)
}

/** What admins are told of under this key: the assistant's own credit is gone. */
export const QUOTA = 'quota'

async function started(
  scene: Scene,
  event: Extract<ReplyEvent, { kind: 'started' }>,
  from: Step,
): Promise<void> {
  const { turn, world, screen } = scene
  const { state } = turn.record
  const askedAtMs = 'askedAtMs' in state ? state.askedAtMs : world.clock.now()
  const { handle, conversation } = event
  if (turn.record.command === undefined) remember(scene, event)
  // Coze may open another conversation than the one asked for: the one it names is the one that remembers.
  const isOther = state.phase === 'asked' && state.conversation.conversationId !== conversation.conversationId
  if (isOther && turn.record.command === undefined) await keepConversation(turn.record, conversation, world)
  const text = 'text' in state ? state.text : turn.record.asked.text
  await scene.save({ phase: 'answering', conversation, askedAtMs, text, handle })
  // A run in the background: the lane is free, and the result will be a message of its own, which calls its person.
  if (from.do === 'run' && commandOf(scene)?.does.run.mode === 'async') {
    await screen.sayFirst({ key: 'run.started' })
    turn.leaveLane()
  }
}

const HANDLES_KEPT = 10_000

/** Forgotten once the reply is whole; of those that never became whole, the latest are kept. */
function remember(
  { turn, world }: Scene,
  { conversation, handle }: Extract<ReplyEvent, { kind: 'started' }>,
): void {
  const oldest = world.lastHandles.size < HANDLES_KEPT ? undefined : world.lastHandles.keys().next().value
  if (oldest !== undefined) world.lastHandles.delete(oldest)
  world.lastHandles.set(turn.record.scopeKey, { conversation, handle })
}

function toWait({ screen }: Scene, prompt: Prompt, resume: JsonObject): WaitStep {
  const oneText = !prompt.fields?.length
  // Of a page to visit nothing may have been said.
  const said = prompt.text === '' && prompt.link !== undefined ? screen.say({ key: 'ask.link' }) : prompt.text
  return {
    do: 'wait',
    use: { kind: 'resume', resume, oneText },
    fields: prompt.fields?.length ? prompt.fields.map(fieldOfPrompt) : [fieldOf(prompt, screen)],
    values: {},
    reply: composeReply(screen.text, said === '' ? [] : [said]),
    title: '',
    ...(prompt.link === undefined ? {} : { link: prompt.link }),
  }
}

/** Words are one field, and so is a choice. A page to visit is answered by having been there. */
function fieldOf({ choices, link, text }: Prompt, { say, text: said }: Scene['screen']): FormField {
  const label = labelOf(text) || labelOf(said) || say({ key: 'control.answer' })
  const field = { name: 'answer', label, required: true }
  const named = choices?.filter((choice) => choice.trim() !== '') ?? []
  if (named.length > 0) {
    return { ...field, kind: 'choice', choices: named.map((choice) => ({ value: choice, label: choice })) }
  }
  if (link === undefined) return { ...field, kind: 'long' }
  const done = say({ key: 'control.done' })
  return { ...field, kind: 'choice', choices: [{ value: done, label: done }] }
}

const LONGEST_LABEL = 200

/** The question itself: the last line of what was said. */
export function labelOf(said: string): string {
  const line = said.split('\n').findLast((each) => each.trim() !== '') ?? ''
  return line.trim().slice(0, LONGEST_LABEL).toWellFormed()
}
