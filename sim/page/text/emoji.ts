/** The shortcodes this workspace knows. Anything else stays as typed, colons included. */
const table =
  'white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|' +
  'information_source ℹ️|question ❓|exclamation ❗|bangbang ‼️|red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|' +
  'large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|' +
  'eyes 👀|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|ok_hand 👌|wave 👋|raised_hands 🙌|clap 👏|pray 🙏|muscle 💪|point_right 👉|' +
  'point_up ☝️|handshake 🤝|heart ❤️|green_heart 💚|blue_heart 💙|broken_heart 💔|100 💯|fire 🔥|tada 🎉|sparkles ✨|star ⭐|' +
  'rocket 🚀|ship 🚢|package 📦|hammer 🔨|wrench 🔧|hammer_and_wrench 🛠️|gear ⚙️|link 🔗|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|' +
  'bug 🐛|ladybug 🐞|robot_face 🤖|brain 🧠|bulb 💡|mag 🔍|memo 📝|pencil ✏️|pencil2 ✏️|clipboard 📋|page_facing_up 📄|books 📚|' +
  'book 📖|bookmark 🔖|label 🏷️|ticket 🎫|pushpin 📌|round_pushpin 📍|paperclip 📎|inbox_tray 📥|outbox_tray 📤|email 📧|' +
  'envelope ✉️|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|speech_balloon 💬|thought_balloon 💭|calendar 📅|date 📅|clock1 🕐|' +
  'hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|alarm_clock ⏰|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|' +
  'bar_chart 📊|dart 🎯|triangular_flag_on_post 🚩|checkered_flag 🏁|traffic_light 🚦|construction 🚧|rotating_light 🚨|' +
  'ambulance 🚑|sos 🆘|zap ⚡|boom 💥|snowflake ❄️|ice_cube 🧊|thread 🧵|recycle ♻️|arrows_counterclockwise 🔄|repeat 🔁|' +
  'rewind ⏪|fast_forward ⏩|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|leftwards_arrow_with_hook ↩️|' +
  'twisted_rightwards_arrows 🔀|heavy_plus_sign ➕|heavy_minus_sign ➖|pause_button ⏸️|arrow_forward ▶️|' +
  'double_vertical_bar ⏸️|computer 💻|desktop_computer 🖥️|iphone 📱|file_folder 📁|open_file_folder 📂|wastebasket 🗑️|' +
  'bust_in_silhouette 👤|busts_in_silhouette 👥|technologist 🧑‍💻|detective 🕵️|office 🏢|house 🏠|globe_with_meridians 🌐|' +
  'earth_americas 🌎|seedling 🌱|herb 🌿|deciduous_tree 🌳|sunny ☀️|cloud ☁️|coffee ☕|pizza 🍕|cake 🍰|smile 😄|grinning 😀|' +
  'slightly_smiling_face 🙂|joy 😂|thinking_face 🤔|sweat_smile 😅|cry 😢|sob 😭|scream 😱|sunglasses 😎|nerd_face 🤓|' +
  'face_with_monocle 🧐|confused 😕|party 🥳|partying_face 🥳|see_no_evil 🙈|salute 🫡|test_tube 🧪|microscope 🔬|' +
  'money_with_wings 💸|moneybag 💰|credit_card 💳|scroll 📜|trophy 🏆|medal 🏅|crystal_ball 🔮|magic_wand 🪄|broom 🧹';

const byName = new Map(
  table.split('|').map((entry) => {
    const space = entry.indexOf(' ');
    return [entry.slice(0, space), entry.slice(space + 1)] as const;
  }),
);

/** The character for a shortcode, a skin tone suffix ignored; undefined when the workspace does not know it. */
export function emoji(name: string): string | undefined {
  return byName.get(name.replace(/::skin-tone-\d$/, ''));
}

/** Shortcodes that start with (first) or contain `part`, at most `limit`. */
export function findEmoji(part: string, limit = 8): { name: string; char: string }[] {
  const all = [...byName].map(([name, char]) => ({ name, char }));
  const starts = all.filter((entry) => entry.name.startsWith(part));
  const contains = all.filter((entry) => !entry.name.startsWith(part) && entry.name.includes(part));
  return [...starts, ...contains].slice(0, limit);
}

/** Replaces every known `:shortcode:` in plain text. */
export function withEmoji(text: string): string {
  return text.replace(/:([a-z0-9_+-]+(?:::skin-tone-\d)?):/g, (whole, name: string) => emoji(name) ?? whole);
}
