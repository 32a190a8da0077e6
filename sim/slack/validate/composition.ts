/** Composition objects: texts, options, confirm dialogs, images. */
import { boolean, byType, type Check, exactlyOne, type Fields, list, object, oneOf, string, url } from './check.ts';

const plainShape = (max: number): Check => object({ required: { text: string(max) }, optional: { emoji: boolean } });
const mrkdwnShape = (max: number): Check =>
  object({ required: { text: string(max) }, optional: { verbatim: boolean } });

export const plainText = (max: number): Check => byType({ plain_text: plainShape(max) });
export const mrkdwnText = (max: number): Check => byType({ mrkdwn: mrkdwnShape(max) });
export const anyText = (max: number): Check => byType({ plain_text: plainShape(max), mrkdwn: mrkdwnShape(max) });

export const placeholder = plainText(150);
export const actionId = string(255);
export const style = oneOf('primary', 'danger');

export const confirm: Check = object({
  required: { text: anyText(300) },
  optional: { title: plainText(100), confirm: plainText(30), deny: plainText(30), style },
});

/** Newer pages of Slack allow longer values in selects; 75 is accepted everywhere. */
const OPTION_VALUE = 75;

export const plainOption: Check = object({
  required: { text: plainText(75), value: string(OPTION_VALUE) },
  optional: { description: plainText(75) },
});
export const anyOption: Check = object({
  required: { text: anyText(75), value: string(OPTION_VALUE) },
  optional: { description: anyText(75) },
});
export const overflowOption: Check = object({
  required: { text: plainText(75) },
  optional: { value: string(OPTION_VALUE), description: plainText(75), url: url() },
});
export const optionGroup: Check = object({ required: { label: plainText(75), options: list(plainOption, 100) } });

const slackFile: Check = object({
  optional: { id: string(255), url: url() },
  also: (file, at, scope) => exactlyOne(file, ['id', 'url'], at, scope),
});

/** The fields that image blocks and image elements share. */
export const imageFields = {
  required: { alt_text: string(2000) },
  optional: { image_url: url(), slack_file: slackFile },
};

export const imageSource = (image: Fields, at: string, scope: Parameters<Check>[2]): void =>
  exactlyOne(image, ['image_url', 'slack_file'], at, scope);

export const imageElement: Check = byType({ image: object({ ...imageFields, also: imageSource }) });
