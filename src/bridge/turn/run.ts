// The steps of a turn that runs a command's workflow: fill its options, run it, go on after a question, live with a loss.

import type { PersonsAnswer } from '../../contract/assistant.ts'
import { fieldOfOption } from '../../fields/fields.ts'
import { readValues } from '../../fields/values.ts'
import { submitAnswer } from './agent.ts'
import { askerOf } from './conversation.ts'
import { askInTurn, waitsLong } from './in-turn.ts'
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
  const begin = (): void => {
    if (does.run.mode !== 'async') screen.begin()
  }
  if (waitsLong(scene)) screen.hint()
  else begin()
  const read = await parametersOf(values, scene)
  if (!read.ok) {
    // The question is over, the command is not: it may be tried again with the same file.
    scene.brought.runAgain = read.notice.key === 'file.notSent'
    return { do: 'deliver', answer: screen.text, notice: read.notice }
  }
  const asker = askerOf(turn.record, world, route)
  const asked = {
    phase: 'asked',
    conversation: { conversationId: '', userId: asker.userId },
    text: turn.record.asked.text,
  } as const
  const { parameters } = read
  const begun = assistant.run.bind(assistant)
  const wanted = {
    workflow: does.run,
    asker,
    turnId: turn.record.id,
    parameters: { ...does.parameters, ...parameters },
  }
  return await askInTurn(scene, asked, () => begun(wanted, signal), { do: 'run' }, begin)
}

/** The person's answer goes to whoever waits for it. */
export async function resume(scene: Scene, answered: Answered): Promise<Step> {
  const { turn, world, screen, signal } = scene
  const { use, values, conversation } = answered
  if (waitsLong(scene)) screen.hint()
  else screen.begin()
  if (use.kind === 'tool') return await submitAnswer(scene, answered, use)
  const { assistant } = world
  if (!assistant.resume) return { do: 'deliver', answer: screen.text, notice: { key: 'failure.unsupported' } }
  const read = await parametersOf(values, scene)
  if (!read.ok) return { do: 'deliver', answer: screen.text, notice: read.notice }
  const { parameters } = read
  const answer: PersonsAnswer = use.oneText ? { text: textIn(parameters) } : { values: parameters }
  const asked = { phase: 'asked', conversation, text: turn.record.asked.text } as const
  const goOn = assistant.resume.bind(assistant)
  const ask = () => goOn(use.resume, answer, signal)
  return await askInTurn(scene, asked, ask, { do: 'resume', answered }, screen.begin)
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
