import type * as engine from '@qwenvl/engine';
import type { ContentPart, RequestMessage } from '@qwenvl/openai';
import type { MediaItem, MediaResolver } from './media-resolver.js';

/** Messages as the engine reads them, with all media decoded. */
export async function toEngineMessages(
  messages: readonly RequestMessage[],
  resolve: MediaResolver,
  signal: AbortSignal,
): Promise<engine.ChatMessage[]> {
  const items = mediaOf(messages);
  const resolved = items.length === 0 ? [] : await resolve(items, signal);
  const decoded = new Map(items.map((item, index) => [item.part, resolved[index]]));
  return messages.map((message) => toEngineMessage(message, decoded));
}

/** All images and videos, in order. */
export function mediaOf(messages: readonly RequestMessage[]): MediaItem[] {
  return messages.flatMap((message, at) => {
    if (typeof message.content === 'string') return [];
    return message.content.flatMap((part: ContentPart, index): MediaItem[] =>
      part.type === 'text' ? [] : [{ part, param: `messages[${at}].content[${index}]` }],
    );
  });
}

/** The same messages with pixels of their own: an engine takes those that it is given for good. */
export function copyPixels(messages: readonly engine.ChatMessage[]): engine.ChatMessage[] {
  return messages.map((message) => {
    if (typeof message.content === 'string') return message;
    return { ...message, content: message.content.map(copyPart) };
  });
}

function copyPart(part: engine.ContentPart): engine.ContentPart {
  if (part.type === 'image') return { ...part, image: copyImage(part.image) };
  if (part.type === 'text') return part;
  return { ...part, video: { ...part.video, frames: part.video.frames.map(copyImage) } };
}

function copyImage(image: engine.RgbImage): engine.RgbImage {
  return { ...image, data: image.data.slice() };
}

type Decoded = ReadonlyMap<ContentPart, engine.ImagePart | engine.VideoPart | undefined>;

function toEngineMessage(message: RequestMessage, decoded: Decoded): engine.ChatMessage {
  const content = toEngineContent(message.content, decoded);
  if (message.role !== 'assistant') return { role: message.role, content };
  const { reasoningContent, toolCalls } = message;
  return {
    role: 'assistant',
    content,
    reasoningContent,
    toolCalls: toolCalls.map((call) => ({ name: call.name, arguments: call.arguments })),
  };
}

function toEngineContent(
  content: string | readonly ContentPart[],
  decoded: Decoded,
): string | engine.ContentPart[] {
  if (typeof content === 'string') return content;
  return content.map((part) => {
    if (part.type === 'text') return part;
    const media = decoded.get(part);
    if (media === undefined) throw new Error('The media resolver returned too few items.');
    return media;
  });
}
