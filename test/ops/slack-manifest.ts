import { z } from 'zod';

/**
 * What Slack takes of an app manifest of version 2, as far as ours uses it: shape, lengths and counts, no unknown keys.
 * Names of scopes and events are not looked at here.
 */
const text = (most: number, least = 1) => z.string().min(least).max(most);
const names = (most: number) =>
  z
    .array(text(50))
    .max(most)
    .refine((all) => new Set(all).size === all.length, 'twice the same');
const url = text(3500).regex(/^https?:\/\//);
const flag = z.boolean().optional();

export const SlackManifest = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(2), minor_version: z.int() }),
  display_information: z.strictObject({
    name: text(35),
    description: text(140).optional(),
    long_description: text(4000, 175).optional(),
    background_color: z
      .string()
      .regex(/^#([0-9a-f]{3}){1,2}$/i)
      .optional(),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: flag,
      messages_tab_enabled: flag,
      messages_tab_read_only_enabled: flag,
    }),
    bot_user: z.strictObject({ display_name: text(80), always_online: flag }),
    shortcuts: z
      .array(
        z.strictObject({
          type: z.enum(['message', 'global']),
          name: text(24),
          callback_id: text(255),
          description: text(150),
        }),
      )
      .min(1)
      .max(10),
    slash_commands: z
      .array(
        z.strictObject({
          command: text(32, 2).regex(/^\//),
          description: text(2000),
          usage_hint: text(1000).optional(),
          should_escape: flag,
          url: url.optional(),
        }),
      )
      .min(1)
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: names(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ bot_events: names(100), request_url: url.optional() }),
    interactivity: z.strictObject({ is_enabled: z.boolean(), request_url: url.optional() }),
    org_deploy_enabled: flag,
    socket_mode_enabled: flag,
    token_rotation_enabled: flag,
  }),
});
