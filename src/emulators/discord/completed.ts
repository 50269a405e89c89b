// How does the server complete what it was sent? Components get numbers and defaults, embeds and fields their own.
import { KIND } from './components.ts'
import { isJson, listOf, type Attachment, type Json } from './types.ts'
import type { World } from './world.ts'

export function completedEmbed(embed: Json): Json {
  const fields = listOf(embed['fields']).filter(isJson)
  return {
    type: 'rich',
    ...embed,
    ...('fields' in embed ? { fields: fields.map((field) => ({ inline: false, ...field })) } : {}),
  }
}

/** Numbered in reading order; media that name an attachment lead to it. */
export function completedComponents(
  world: World,
  components: readonly unknown[],
  attachments: readonly Attachment[],
): readonly Json[] {
  let count = 0
  const media = (value: unknown): Json => {
    const url = isJson(value) && typeof value['url'] === 'string' ? value['url'] : ''
    const file = attachments.find(({ filename }) => url === `attachment://${filename}`)
    if (file === undefined) return { id: world.ids.next(), url, proxy_url: url }
    const { url: signed } = world.files.signed(file)
    return { id: world.ids.next(), url: signed, proxy_url: signed, attachment_id: file.id }
  }
  const complete = (component: Json): Json => {
    count += 1
    const { id: told, type, components: inner, accessory, items } = component
    const id = typeof told === 'number' && told > 0 ? told : count
    return {
      ...defaultsOf(type),
      ...component,
      id,
      ...(inner === undefined ? {} : { components: listOf(inner).filter(isJson).map(complete) }),
      ...(isJson(accessory) ? { accessory: complete(accessory) } : {}),
      ...(items === undefined
        ? {}
        : {
            items: listOf(items)
              .filter(isJson)
              .map((item) => ({ description: null, spoiler: false, ...item, media: media(item['media']) })),
          }),
      ...(isJson(component['media']) ? { media: media(component['media']) } : {}),
      ...(isJson(component['file']) ? fileOf(component['file'], media, attachments) : {}),
    }
  }
  return components.filter(isJson).map(complete)
}

function defaultsOf(type: unknown): Json {
  switch (type) {
    case KIND.container:
      return { accent_color: null, spoiler: false }
    case KIND.separator:
      return { spacing: 1, divider: true }
    case KIND.thumbnail:
      return { description: null, spoiler: false }
    case KIND.file:
      return { spoiler: false }
    case KIND.stringSelect:
    case KIND.userSelect:
    case KIND.channelSelect:
      return { min_values: 1, max_values: 1 }
    default:
      return {}
  }
}

function fileOf(file: Json, media: (value: unknown) => Json, attachments: readonly Attachment[]): Json {
  const found = attachments.find(({ filename }) => file['url'] === `attachment://${filename}`)
  return { file: media(file), name: found?.filename ?? '', size: found?.size ?? 0 }
}
