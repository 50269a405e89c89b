// The script's steps about a run's course: stopped while it grows, or delivered much later.

import type { WorkflowRunRecord } from '../../../emulators/coze/index.ts'
import type { Scene, Step } from '../step.ts'
import { FLOWS, gateOf, RAMBLE, REPORT } from './said.ts'

const stopButton: Step = {
  name: 'stop',
  title: 'Stopped with the button while it grows',
  where: 'private',
  async play(scene) {
    const topic = await ramble(scene)
    await scene.ann.press(await scene.seesButton(scene.words('control.stop')))
    await isStopped(scene, topic)
  },
}

const stopWord: Step = {
  name: 'stop-word',
  title: 'Stopped with /stop',
  where: 'private',
  async play(scene) {
    const topic = await ramble(scene)
    await scene.ann.runCommand({ name: 'stop' })
    await isStopped(scene, topic)
  },
}

const report: Step = {
  name: 'async',
  title: 'An asynchronous workflow: started now, its result as a message of its own later',
  where: 'private',
  async play({ ann, mark, words, sees, seesWhole, expects, coze, waits }) {
    const topic = `rivers, ${mark}`
    await ann.runCommand({ name: 'report', options: { topic } })
    const started = await sees('that it has started', words('run.started'))
    const gate = gateOf('report', topic)
    await waits('Coze works on it', () => coze.held(gate) === 1)
    coze.release(gate)
    await seesWhole('the result', `${started.text}\n\n${REPORT(topic)}`)
    const result = await sees('the result in a message of its own', REPORT(topic).replaceAll('**', ''))
    expects('not in the first one', result.messageId !== started.messageId, 'the same message')
  },
}

async function ramble({ ann, mark, sees, waits, coze }: Scene): Promise<string> {
  const topic = `rivers, ${mark}`
  await ann.runCommand({ name: 'ramble', options: { topic } })
  await sees('its beginning', RAMBLE.before(topic))
  await waits('Coze goes on', () => coze.held(gateOf('ramble', topic)) === 1)
  return topic
}

async function isStopped(scene: Scene, topic: string): Promise<void> {
  const { ann, words, sees, seesWhole, waits, expects, coze } = scene
  const reply = await sees('that it was stopped', words('turn.stopped'))
  await seesWhole('what stood stands', `${RAMBLE.before(topic)}\n\n${words('turn.stopped')}`)
  const runs = (): readonly Readonly<WorkflowRunRecord>[] =>
    coze.store.runsOf(FLOWS.ramble).filter(({ parameters }) => parameters['topic'] === topic)
  await waits(
    'nobody reads that run any more',
    () => runs().length === 1 && runs().every(({ readerLeft }) => readerLeft),
  )
  coze.release(gateOf('ramble', topic))
  const label = words('control.stop')
  await waits(
    'no button to stop it is left',
    () => !ann.shown().some(({ buttons }) => buttons.some((one) => one.label === label)),
  )
  const now = ann.shown().find(({ messageId }) => messageId === reply.messageId)?.text ?? ''
  expects('nothing comes after it', !now.includes(RAMBLE.after), now)
}

export const controlSteps: readonly Step[] = [stopButton, stopWord, report]
