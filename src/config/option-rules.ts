// Does an option hold together: its type, its choices, its limits, its default?

import type { FormField } from '../contract/platform.ts'
import type { NoticeKey } from '../contract/notice.ts'
import { patternFault } from '../fields/pattern.ts'
import { readValue } from '../fields/values.ts'
import type { ReadValue } from '../fields/values.ts'
import type { OptionConfig } from './command-schema.ts'
import { fault } from './issues.ts'
import type { PathFault } from './issues.ts'
import type { Path } from './source.ts'

/** Of all options of a command or an agent; `at` is the path of their list. */
export function optionFaults(options: readonly OptionConfig[], at: Path): readonly PathFault[] {
  return options.flatMap((option, i) => {
    const before = options.slice(0, i)
    return [
      ...(before.some(({ name }) => name === option.name)
        ? [fault([...at, i, 'name'], 'is there twice', 'Give each option its own name.')]
        : []),
      ...(option.required && before.some(({ required }) => !required)
        ? [
            fault(
              [...at, i, 'name'],
              'is required but stands after an optional one',
              'Put the required options first.',
            ),
          ]
        : []),
      ...choiceFaults(option, [...at, i]),
      ...limitFaults(option, [...at, i]),
      ...patternFaults(option, [...at, i]),
      ...defaultFaults(option, [...at, i]),
    ]
  })
}

/** The default as the value it stands for: `default: "3"` of an integer is 3. Absent where there is none. */
export function readDefault(option: OptionConfig): ReadValue | undefined {
  const { name, type, default: standard, choices = [], min, max, pattern } = option
  if (standard === undefined) return undefined
  const field: FormField = {
    name,
    label: name,
    kind: type === 'string' ? 'text' : type,
    required: false,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(pattern === undefined ? {} : { pattern }),
  }
  if (type !== 'choice') return readValue(field, standard)
  // By its value alone: a label or a place in the list may change.
  const choice = choices.find(({ value }) => value === String(standard))
  return choice === undefined ? readValue(field, '-') : { ok: true, value: choice.value }
}

function choiceFaults({ type, choices }: OptionConfig, at: Path): readonly PathFault[] {
  if (type !== 'choice') {
    return choices === undefined
      ? []
      : [fault([...at, 'choices'], `does not go with type ${type}`, 'Write type: choice.')]
  }
  if (choices === undefined || choices.length === 0) {
    return [fault(at, 'is a choice without choices', 'Add choices: [{ value: …, label: … }].')]
  }
  const values = new Set<string>()
  const labels = new Set<string>()
  return choices.flatMap(({ value, label = { en: value } }, i): readonly PathFault[] => {
    const here = [...at, 'choices', i]
    if (values.has(value)) {
      return [fault([...here, 'value'], 'is there twice', 'Give each choice a value of its own.')]
    }
    values.add(value)
    const said = Object.entries(label).map(([locale, text]) => `${locale}: ${text}`)
    const isTwice = said.some((text) => labels.has(text))
    for (const text of said) labels.add(text)
    return isTwice
      ? [
          fault(
            [...here, 'label'],
            'is there twice',
            'Nobody could tell the two choices apart: name them differently.',
          ),
        ]
      : []
  })
}

function limitFaults({ type, min, max }: OptionConfig, at: Path): readonly PathFault[] {
  const faults: PathFault[] = []
  if (min !== undefined && max !== undefined && min > max) {
    faults.push(fault([...at, 'min'], 'is larger than max', 'Exchange the two.'))
  }
  for (const [key, bound] of [['min', min] as const, ['max', max] as const]) {
    if (bound === undefined) continue
    if (type !== 'integer' && type !== 'number' && type !== 'string') {
      faults.push(fault([...at, key], `does not go with type ${type}`, 'Take it out.'))
    } else if (type !== 'number' && !Number.isSafeInteger(bound)) {
      faults.push(fault([...at, key], 'is no whole number', `Type ${type} needs one.`))
    } else if (type === 'string' && bound < (key === 'max' ? 1 : 0)) {
      faults.push(fault([...at, key], 'is no length of a text', 'Give a number of characters.'))
    }
  }
  return faults
}

function patternFaults({ type, pattern }: OptionConfig, at: Path): readonly PathFault[] {
  if (pattern === undefined) return []
  const here = [...at, 'pattern']
  if (type !== 'string') return [fault(here, `does not go with type ${type}`, 'Take it out.')]
  switch (patternFault(pattern)) {
    case undefined:
      return []
    case 'broken':
      return [fault(here, 'is not a regular expression', 'Mend it, or take it out.')]
    case 'slow':
      return [
        fault(
          here,
          'takes too long on some texts',
          'A repetition within a repetition does that, as in (a+)+: write a+ instead.',
        ),
      ]
  }
}

function defaultFaults(option: OptionConfig, at: Path): readonly PathFault[] {
  const { type, required, default: standard } = option
  const here = [...at, 'default']
  if (standard === undefined) return []
  if (required) {
    return [
      fault(
        here,
        'does not go with required: true',
        'Take one of the two out: what has a default need not be given.',
      ),
    ]
  }
  const read = readDefault(option)
  if (read === undefined || read.ok) return []
  const among = type === 'choice' ? ' and stands among the choices' : ''
  return [
    fault(
      here,
      MISFITS.get(read.fault.key) ?? `does not fit type ${type}`,
      `Give a value that is one${among}.`,
    ),
  ]
}

const MISFITS: ReadonlyMap<NoticeKey, string> = new Map([
  ['option.missing', 'is empty'],
  ['option.min', 'is smaller than min'],
  ['option.max', 'is larger than max'],
  ['option.short', 'is shorter than min'],
  ['option.long', 'is longer than max'],
  ['option.pattern', 'does not match the pattern'],
])
