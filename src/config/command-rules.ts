// Do a command's name and options hold together, on every platform that shows them?

import { fault } from './issues.ts'
import type { PathFault } from './issues.ts'
import type { FileConfig } from './schema.ts'
import type { Path } from './source.ts'

/** Names the bridge answers itself, now or in a later version. */
export const BUILTIN_NAMES: readonly string[] = [
  'start',
  'help',
  'new',
  'stop',
  'again',
  'agent',
  'status',
  'whoami',
]

/** Platforms ask required options first, and the bridge's own names stay its own. */
export function commandFaults({ commands }: FileConfig): readonly PathFault[] {
  return Object.entries(commands).flatMap(([name, command]) => {
    const at: Path = ['commands', name]
    const faults = command.options.flatMap((option, i) => optionFaults(option, [...at, 'options', i]))
    if (BUILTIN_NAMES.includes(name)) {
      faults.push(fault(at, 'is a command of the bridge itself', 'Choose another name.', 'key'))
    }
    const seen = new Set<string>()
    let hasOptional = false
    for (const [i, option] of command.options.entries()) {
      const here: Path = [...at, 'options', i, 'name']
      if (seen.has(option.name)) faults.push(fault(here, 'is there twice', 'Give each option its own name.'))
      if (option.required && hasOptional) {
        faults.push(
          fault(here, 'is required but stands after an optional one', 'Put the required options first.'),
        )
      }
      seen.add(option.name)
      hasOptional ||= !option.required
    }
    return faults
  })
}

type Option = FileConfig['commands'][string]['options'][number]

function optionFaults(option: Option, at: Path): PathFault[] {
  const { type, choices, min, max, pattern } = option
  const faults: PathFault[] = []
  if (type === 'choice' && (choices ?? []).length === 0) {
    faults.push(fault(at, 'is a choice without choices', 'Add choices: [{ value: …, label: … }].'))
  }
  if (type !== 'choice' && choices !== undefined) {
    faults.push(fault([...at, 'choices'], `does not go with type ${type}`, 'Write type: choice.'))
  }
  if (min !== undefined && max !== undefined && min > max) {
    faults.push(fault([...at, 'min'], 'is larger than max', 'Exchange the two.'))
  }
  for (const [key, bound] of [['min', min] as const, ['max', max] as const]) {
    if (bound !== undefined && type !== 'integer' && type !== 'number' && type !== 'string') {
      faults.push(fault([...at, key], `does not go with type ${type}`, 'Take it out.'))
    }
  }
  if (pattern !== undefined && !isPattern(pattern)) {
    faults.push(fault([...at, 'pattern'], 'is not a regular expression', 'Mend it, or take it out.'))
  }
  if (option.default !== undefined && !fits(option.default, option)) {
    const among = type === 'choice' ? ' and stands among the choices' : ''
    faults.push(fault([...at, 'default'], `does not fit type ${type}`, `Give a value that is one${among}.`))
  }
  return faults
}

function fits(value: string | number | boolean, { type, choices }: Option): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string'
    case 'integer':
      return Number.isSafeInteger(value)
    case 'number':
      return typeof value === 'number'
    case 'boolean':
      return typeof value === 'boolean'
    case 'choice':
      return (choices ?? []).some((choice) => choice.value === value)
    case 'file':
      return false
  }
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'u') instanceof RegExp
  } catch {
    return false
  }
}
