// The script's steps in which something is lost on the way: the bridge, a connection to Coze, a platform's patience.

import type { PlatformName } from '../../seats.ts'
import type { Scene, Step } from '../step.ts'
import { FLOWS, gateOf, RAMBLE, REPORT, SLOW, TRIP } from './said.ts'
import { answerWho, begin, runsOnce, wholeTrip } from './questions.ts'

const [, BERGEN] = TRIP.places

const restarted: Step = {
  name: 'restart',
  title: 'The bridge is killed between question and answer',
  where: 'private',
  alone: true,
  async play(scene) {
    const { ann, seesButton, seesWhole, restart } = scene
    const topic = await begin(scene)
    const button = await seesButton(BERGEN)
    await restart()
    await ann.press(button)
    await answerWho(scene, 'all of us')
    await seesWhole('all of it, in order', wholeTrip(topic, BERGEN, 'all of us'))
    runsOnce(scene, topic, [BERGEN, 'all of us'])
  },
}

const lost: Step = {
  name: 'lost',
  title: 'The bridge is killed in mid-run: what stands stands, and it can be run again',
  where: 'private',
  alone: true,
  async play({ ann, mark, words, sees, seesButton, seesWhole, settles, restart, waits, expects, coze }) {
    const topic = `rivers, ${mark}`
    const gate = gateOf('ramble', topic)
    await ann.runCommand({ name: 'ramble', options: { topic } })
    await sees('its beginning', RAMBLE.before(topic))
    await waits('Coze goes on', () => coze.held(gate) === 1)
    await restart()
    await sees('that nobody can tell how far it came', words('run.lost'))
    await seesWhole('what stood stands above', `${RAMBLE.before(topic)}\n\n${words('run.lost')}`)
    await settles()
    const runs = (): number =>
      coze.store.runsOf(FLOWS.ramble).filter(({ parameters }) => parameters['topic'] === topic).length
    expects('Coze ran it once', runs() === 1, `${runs()} runs`)
    coze.release(gate)
    await ann.press(await seesButton(words('control.runAgain')))
    await waits(
      'Coze runs it again',
      () => runs() === 2,
      () => `${runs()} runs`,
    )
    await seesWhole('all of it this time', `${RAMBLE.before(topic)}\n\n${RAMBLE.after}`)
  },
}

const laterAfterAll: Step = {
  name: 'async-restart',
  title: 'The bridge is killed while an asynchronous workflow runs: its result still comes',
  where: 'private',
  alone: true,
  async play({ ann, mark, words, sees, seesWhole, restart, waits, expects, coze }) {
    const topic = `rivers, ${mark}`
    const gate = gateOf('report', topic)
    await ann.runCommand({ name: 'report', options: { topic } })
    await sees('that it has started', words('run.started'))
    await waits('Coze works on it', () => coze.held(gate) === 1)
    await restart()
    coze.release(gate)
    await seesWhole('the result', REPORT(topic))
    const runs = coze.store.runsOf(FLOWS.report).filter(({ parameters }) => parameters['topic'] === topic)
    expects('Coze ran it once', runs.length === 1, `${runs.length} runs`)
  },
}

const slow: Step = {
  name: 'slow',
  title: 'A run longer than the 15 minutes of a Discord interaction still delivers',
  where: 'private',
  alone: true,
  async play({ ann, mark, sees, seesWhole, expects, emulators, coze, waits }) {
    const topic = `rivers, ${mark}`
    await ann.runCommand({ name: 'slow', options: { topic } })
    await sees('its beginning, after a wait', SLOW.before(topic))
    const gate = gateOf('slow', topic)
    await waits('Coze works on it', () => coze.held(gate) === 1)
    if (ann.platform === 'discord') emulators.discord?.faults.expireInteractions()
    coze.release(gate)
    await seesWhole('all of it, in order', `${SLOW.before(topic)}\n\n${SLOW.after}`)
    const late = lateAnswers(ann.platform, emulators)
    expects('no press and no command was ever acknowledged late', late === 0, `${late} late`)
  },
}

/** Of all that was pressed and commanded since the play began. */
function lateAnswers(platform: PlatformName, { discord, telegram, feishu }: Scene['emulators']): number {
  const unanswered = [...(telegram?.store.callbacks.values() ?? [])].filter(
    ({ answer }) => answer === undefined,
  )
  const late: Readonly<Record<PlatformName, number | undefined>> = {
    discord: discord?.store.lateAcks,
    telegram: unanswered.length,
    feishu: feishu?.store.lateCallbacks,
  }
  return late[platform] ?? 0
}

export const recoverySteps: readonly Step[] = [restarted, lost, laterAfterAll, slow]
