// What must be kept of a round that went wrong, so that it can be understood and played again?

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RoundResult } from './round.ts'
import type { World } from './world.ts'

/** Writes it to a folder of its own and gives its name. */
export async function keepEvidence(
  world: World,
  { seed, round, verdicts, story, findings }: RoundResult & { readonly seed: string; readonly round: number },
): Promise<string> {
  const folder = join('test-results', `chaos-${seed}-${round}`)
  await mkdir(folder, { recursive: true })
  const wrong = verdicts.filter(({ outcome }) => outcome !== 'answeredOnce')
  const told = wrong.map(
    ({ question, outcome, because, asks, couldTell }) =>
      `${question.mark} ${question.manner} ${question.chars} in ${question.place.name}: ${outcome}, ${because}; asked ${asks} times; Coze ${couldTell ? 'has' : 'has not'} the answer`,
  )
  const screens = new Set(wrong.map(({ question }) => question.place))
  const shown = [...screens].flatMap((place) => [
    place.name,
    ...place
      .shown()
      .slice(-14)
      .map(
        ({ id, text, isGenerating }) =>
          `  ${id}${isGenerating ? ' (generating)' : ''} ${JSON.stringify(text)}`,
      ),
  ])
  await Promise.all([
    writeFile(
      join(folder, 'verdict.txt'),
      [`seed ${seed}, round ${round}: ${story.join(', ')}`, ...findings, ...told, '', ...shown, ''].join(
        '\n',
      ),
    ),
    writeFile(join(folder, 'screens.txt'), world.picture()),
    writeFile(join(folder, 'calls.txt'), callsOf(world)),
    writeFile(join(folder, 'bridge.log'), world.output),
  ])
  return folder
}

function callsOf({ coze, discord, telegram, feishu }: World): string {
  const line = (value: unknown): string => JSON.stringify(value).slice(0, 600)
  return [
    'coze',
    ...coze.store.requests.slice(-400).map(line),
    'discord',
    ...discord.store.calls.slice(-400).map(line),
    'telegram',
    ...telegram.store.calls
      .filter(({ method }) => method !== 'getUpdates')
      .slice(-400)
      .map(line),
    'feishu',
    ...feishu.store.calls.slice(-400).map(line),
  ].join('\n')
}
