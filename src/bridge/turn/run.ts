// The steps of a turn that runs a command's workflow: fill its options, run it, go on after a question, live with a loss.

import type { PersonsAnswer } from '../../contract/assistant.ts'
import { fieldOfOption } from '../../fields/fields.ts'
import { readValues } from '../../fields/values.ts'
import { submitAnswer } from './agent.ts'
import { askerOf } from './conversation.ts'
import { readReply } from './reading.ts'
import { commandOf, type Scene } from './scene.ts'
import type { Answered, Step } from './step.ts'
import { parametersOf, textIn } from './uploads.ts'

export async function run(scene: Scene): Promise<Step> {
  const { turn, world, route, screen, signal } = scene
  const command = commandOf(scene)
  const { assistant } = world
  if (!command || !assistant.run)
    return { do: 'deliver', answer: screen.text, notice: { key: 'run.missing' } }
  const fields = command.options.map((option) => fieldOfOption(option, screen.locale))
  const { values, missing } = readValues(fields, turn.record.command?.values ?? {})
  if (missing.length > 0) {
    const title = screen.say({ key: 'ask.options', params: { command: command.name } })
    return { do: 'wait', use: { kind: 'options' }, fields: missing, values: {}, reply: screen.text, title }
  }
  const { does } = command
  if (does.run.mode !== 'async') screen.begin()
  const read = await parametersOf(values, scene)
  if (!read.ok) {
    // The question is over, the command is not: it may be tried again with the same file.
    scene.brought.runAgain = read.notice.key === 'file.notSent'
    return { do: 'deliver', answer: screen.text, notice: read.notice }
  }
  const asker = askerOf(turn.record, world, route)
  await scene.save({
    phase: 'asked',
    conversation: { conversationId: '', userId: asker.userId },
    askedAtMs: world.clock.now(),
    text: turn.record.asked.text,
  })
  const events = assistant.run(
    {
      workflow: does.run,
      asker,
      turnId: turn.record.id,
      parameters: { ...does.parameters, ...read.parameters },
    },
    signal,
  )
  return await readReply(scene, events, { do: 'run' })
}

/** The person's answer goes to whoever waits for it. */
export async function resume(scene: Scene, answered: Answered): Promise<Step> {
  const { turn, world, screen, signal } = scene
  const { use, values, conversation } = answered
  screen.begin()
  if (use.kind === 'tool') return await submitAnswer(scene, answered, use)
  const { assistant } = world
  if (!assistant.resume) return { do: 'deliver', answer: screen.text, notice: { key: 'failure.unsupported' } }
  const read = await parametersOf(values, scene)
  if (!read.ok) return { do: 'deliver', answer: screen.text, notice: read.notice }
  const { parameters } = read
  const answer: PersonsAnswer = use.oneText ? { text: textIn(parameters) } : { values: parameters }
  await scene.save({
    phase: 'asked',
    conversation,
    askedAtMs: world.clock.now(),
    text: turn.record.asked.text,
  })
  return await readReply(scene, assistant.resume(use.resume, answer, signal), { do: 'resume', answered })
}

/** How far it came nobody can tell: what then happens, the command's owner has decided. */
export function lost(scene: Scene): Step {
  const { screen, brought } = scene
  const onLost = commandOf(scene)?.does.onLost ?? 'tell'
  if (onLost === 'rerun' && !brought.rerun) {
    brought.rerun = true
    screen.restart()
    return { do: 'run' }
  }
  brought.runAgain = onLost === 'ask'
  return { do: 'deliver', answer: screen.text, notice: { key: 'run.lost' } }
}
