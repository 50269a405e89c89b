// How does a Discord client draw a message's components? Rows of buttons and menus; words, rules and pictures of V2.
// https://discord.com/developers/docs/components/reference

import type { PageBlock, PageControl, PageFile } from '../protocol.ts'
import { discordBlocks, type DiscordNames } from './discord.ts'
import { recordOf, recordsIn, textIn, type Json } from './json.ts'

export interface DrawnComponents {
  readonly blocks: readonly PageBlock[]
  readonly controls: readonly (readonly PageControl[])[]
}

export interface ComponentNames extends DiscordNames {
  /** `attachment://name`, or an address of Discord's own. */
  readonly file: (address: string) => PageFile | undefined
}

const TYPE = {
  row: 1,
  button: 2,
  select: 3,
  section: 9,
  text: 10,
  thumbnail: 11,
  gallery: 12,
  file: 13,
  separator: 14,
  container: 17,
} as const
const STYLE = { primary: 1, success: 3, danger: 4 } as const

export function discordComponents(components: readonly Json[], names: ComponentNames): DrawnComponents {
  const drawn = components.map((component) => drawOne(component, names))
  return {
    blocks: drawn.flatMap(({ blocks }) => blocks),
    controls: drawn.flatMap(({ controls }) => controls),
  }
}

function drawOne(component: Json, names: ComponentNames): DrawnComponents {
  const inner = recordsIn(component['components'])
  switch (component['type']) {
    case TYPE.row:
      return { blocks: [], controls: rowOf(inner) }
    case TYPE.text:
      return { blocks: discordBlocks(textIn(component['content']), names), controls: [] }
    case TYPE.separator:
      return { blocks: component['divider'] === false ? [] : [{ kind: 'rule' }], controls: [] }
    case TYPE.gallery:
      return { blocks: picturesOf(recordsIn(component['items']), names), controls: [] }
    case TYPE.thumbnail:
    case TYPE.file:
      return { blocks: picturesOf([component], names), controls: [] }
    case TYPE.section: {
      const { blocks } = discordComponents(inner, names)
      const aside = recordOf(component['accessory'])
      const beside =
        aside['type'] === TYPE.button ? { blocks: [], controls: rowOf([aside]) } : drawOne(aside, names)
      return { blocks: [...blocks, ...beside.blocks], controls: beside.controls }
    }
    case TYPE.container:
      return discordComponents(inner, names)
    default:
      return { blocks: [], controls: [] }
  }
}

function picturesOf(items: readonly Json[], { file }: ComponentNames): readonly PageBlock[] {
  return items.flatMap((item): readonly PageBlock[] => {
    const found = file(textIn(recordOf(item['media'] ?? item['file'])['url']))
    return found === undefined ? [] : [{ kind: 'picture', file: found }]
  })
}

function rowOf(components: readonly Json[]): readonly (readonly PageControl[])[] {
  const row = components.flatMap(controlOf)
  return row.length === 0 ? [] : [row]
}

function controlOf(component: Json): readonly PageControl[] {
  const { type, custom_id: customId, label, url, style, disabled } = component
  const id = textIn(customId)
  const emoji = textIn(recordOf(component['emoji'])['name'])
  const words = [emoji, textIn(label)].filter((part) => part !== '').join(' ')
  if (type === TYPE.button) {
    if (typeof url === 'string') return /^https?:/i.test(url) ? [{ kind: 'link', url, label: words }] : []
    const look = style === STYLE.danger ? 'danger' : style === STYLE.primary ? 'primary' : 'plain'
    return [{ kind: 'button', id, label: words, look, isDisabled: disabled === true }]
  }
  if (type !== TYPE.select) return []
  const choices = recordsIn(component['options']).map((option) => ({
    value: textIn(option['value']),
    label: textIn(option['label']),
  }))
  return [{ kind: 'choice', id, placeholder: textIn(component['placeholder']), choices }]
}
