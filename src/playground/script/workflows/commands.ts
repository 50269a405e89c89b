// The script's first steps: commands with their options, files, faults.

import { createHash } from 'node:crypto'
import type { Step } from '../step.ts'
import { ORDER_NUMBER } from './config.ts'
import { BROKEN, FLOWS, weatherOf } from './said.ts'

const menu: Step = {
  name: 'menu',
  title: '菜单里有这些命令 (the menu offers the commands, in Chinese)',
  where: 'private',
  locale: 'zh',
  async play({ ann, finds, waits }) {
    const lines = (): readonly string[] =>
      ann.menu().map(({ name, description }) => `/${name} ${description}`)
    const offers = (...wanted: readonly string[]): boolean =>
      wanted.every((line) => lines().some((each) => each.startsWith(line)))
    const seen = (): string => lines().join(', ')
    await waits(
      'the commands with their descriptions',
      () => offers('/weather 城市天气', '/order 查找订单', '/trip 计划旅行', '/inspect 查看文件'),
      seen,
    )
    const builtins = ['/help ', '/new ', '/stop ', '/again ', '/agent ', '/status ', '/whoami ']
    await waits("the bridge's own among them", () => offers(...builtins), seen)
    finds(`in the menu: ${lines().join(' · ')}`)
  },
}

const typed: Step = {
  name: 'typed',
  title: 'A command with all its options streams what its nodes say',
  where: 'private',
  async play({ ann, mark, seesWhole, expects, statesOf, coze }) {
    const city = `New York (${mark})`
    await ann.runCommand({
      name: 'weather',
      options: { city, unit: 'C', days: 3 },
      typed: `"${city}" days:3 unit=C`,
    })
    const shown = await seesWhole('both nodes and the end, whole and in order', weatherOf(city, 3, 'C'))
    expects('one message', shown.length === 1, `${shown.length} messages`)
    const states = statesOf(shown[0]?.messageId ?? '')
    expects('it grew', states > 1, `${states} state of it`)
    const runs = coze.store.runsOf(FLOWS.weather).filter(({ parameters }) => parameters['city'] === city)
    expects('Coze ran it once', runs.length === 1, `${runs.length} runs`)
  },
}

const asked: Step = {
  name: 'asked',
  title: '缺少的参数会被问到 (what is missing is asked for, in Chinese)',
  where: 'private',
  locale: 'zh',
  async play({ ann, mark, seesWhole, expects, coze }) {
    const city = `卑尔根 (${mark})`
    await ann.runCommand({ name: 'weather', options: { name: '小安', days: 1 }, force: true })
    await ann.fill({ city, unit: '摄氏度' })
    await seesWhole('the weather that was asked for', weatherOf(city, 1, 'C'))
    const runs = coze.store.runsOf(FLOWS.weather).filter(({ parameters }) => parameters['city'] === city)
    expects('Coze ran it once', runs.length === 1, `${runs.length} runs`)
  },
}

const wrongAnswer: Step = {
  name: 'wrong-answer',
  title: 'A wrong answer to what is asked: one sentence, then the right one',
  where: 'private',
  async play({ ann, words, sees, waits }) {
    await ann.runCommand({ name: 'order', force: true })
    const told = await ann.fill({ number: 'nonsense' })
    const sentence = words('option.pattern', { option: ORDER_NUMBER })
    await waits(
      'what is wrong with it',
      () => [told ?? '', ...ann.shown().map(({ text }) => text)].includes(sentence),
      () => told ?? 'nothing',
    )
    const number = 'AB-123'
    // A form that Discord has sent is closed; elsewhere the question still stands.
    if (ann.platform === 'discord') await ann.runCommand({ name: 'order', options: { number } })
    else if (ann.platform === 'feishu') await ann.fill({ number })
    else ann.say(number)
    await sees('the order', `Order ${number} is on its way.`)
  },
}

const refused: Step = {
  name: 'refused',
  title: 'A malformed option, and a command nobody knows: one sentence each',
  where: 'private',
  async play({ ann, mark, words, sees, expects, coze }) {
    const number = `nonsense ${mark}`
    await ann.runCommand({ name: 'order', options: { number } })
    await sees('what is wrong with it', words('option.pattern', { option: ORDER_NUMBER }))
    await ann.runCommand({ name: 'frobnicate', force: true })
    await sees('that nobody knows this command', words('command.unknown'))
    expects('no more than that', ann.shown().length === 2, `${ann.shown().length} messages`)
    const runs = coze.store.runsOf(FLOWS.order).filter(({ parameters }) => parameters['number'] === number)
    expects('Coze heard nothing of it', runs.length === 0, `${runs.length} runs`)
  },
}

const builtins: Step = {
  name: 'builtins',
  title: '/help, /status and /whoami say what is there',
  where: 'private',
  async play({ ann, words, sees }) {
    await ann.runCommand({ name: 'help' })
    await sees('a command with what it does', 'The weather of a city')
    await ann.runCommand({ name: 'status' })
    await sees('that nothing goes on', words('status.idle'))
    await ann.runCommand({ name: 'whoami' })
    await sees('who one is', words('whoami.person', { user: ann.personId }))
  },
}

const file: Step = {
  name: 'file',
  title: 'A file as an option reaches the workflow, which tells what it found',
  where: 'private',
  async play({ ann, mark, seesWhole }) {
    const bytes = Buffer.from(`${mark};carried to Coze\n`.repeat(200))
    const given = { name: 'notes.csv', bytes }
    await ann.runCommand({ name: 'inspect', file: { option: 'document', file: given } })
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    await seesWhole(
      'its name, size and hash',
      `**${given.name}** has ${bytes.length} bytes, sha256 ${sha256}.`,
    )
  },
}

const faults: Step = {
  name: 'faults',
  title: 'A workflow that is not there, and a node that fails: one sentence each',
  where: 'private',
  async play({ ann, words, sees, expects }) {
    await ann.runCommand({ name: 'lost' })
    await sees('that the workflow is missing', words('run.missing'))
    await ann.runCommand({ name: 'broken' })
    const reply = await sees('that it could not finish', words('run.failed'))
    expects('what was said before stands above', reply.text.includes(BROKEN), reply.text)
    const codes = /\b(?:4200|720\d+)\b|model overloaded|debug_url|http/.exec(reply.text)
    expects('neither code nor address', codes === null, codes?.[0] ?? '')
  },
}

export const commandSteps: readonly Step[] = [
  menu,
  typed,
  asked,
  wrongAnswer,
  refused,
  builtins,
  file,
  faults,
]
