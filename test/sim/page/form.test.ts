import { describe, expect, it } from 'vitest';
import type { Block, Element } from '../../../sim/page/blocks/types.ts';
import { collect, createForm, invalid } from '../../../sim/page/state/form.ts';

const label = { type: 'plain_text' as const, text: 'Label' };
const input = (element: Partial<Element> & { type: string }, more: Partial<Block> = {}): Block => ({
  type: 'input',
  block_id: 'b',
  label,
  element: { action_id: 'a', ...element },
  ...more,
});

const typed = (element: Partial<Element> & { type: string }, value: string | null, more: Partial<Block> = {}) => {
  const form = createForm();
  form.set('b', 'a', { type: element.type, value });
  return invalid([input(element, more)], form).b;
};

describe('what Slack refuses before the app hears of it', () => {
  it.each<[string, Partial<Element> & { type: string }, string | null, string | undefined]>([
    ['empty', { type: 'plain_text_input' }, null, 'Please fill this in.'],
    ['only spaces', { type: 'plain_text_input' }, '   ', 'Please fill this in.'],
    ['too short', { type: 'plain_text_input', min_length: 5 }, 'abc', 'Please enter at least 5 characters (now 3).'],
    ['too long', { type: 'plain_text_input', max_length: 2 }, 'abc', 'Please keep this to 2 characters (now 3).'],
    ['fits', { type: 'plain_text_input', min_length: 3, max_length: 3 }, 'abc', undefined],
    ['no email', { type: 'email_text_input' }, 'abc', 'Please enter an email address, such as name@example.com.'],
    ['no address', { type: 'url_text_input' }, 'abc', 'Please enter a web address, such as https://example.com.'],
    ['no number', { type: 'number_input' }, 'x', 'Please enter a number.'],
    ['no whole number', { type: 'number_input', is_decimal_allowed: false }, '1.5', 'Please enter a whole number.'],
    ['too small', { type: 'number_input', min_value: '2' }, '1', 'Please enter 2 or more.'],
    ['too large', { type: 'number_input', is_decimal_allowed: true, max_value: '2' }, '2.1', 'Please enter 2 or less.'],
  ])('%s', (_, element, value, sentence) => {
    expect(typed(element, value)).toBe(sentence);
  });

  it('lets optional inputs stay empty, but not be wrong', () => {
    expect(typed({ type: 'plain_text_input' }, null, { optional: true })).toBeUndefined();
    expect(typed({ type: 'number_input' }, 'x', { optional: true })).toBe('Please enter a number.');
  });

  it.each(['static_select', 'multi_static_select', 'users_select', 'checkboxes', 'datepicker', 'file_input'])(
    'asks for a %s',
    (type) => {
      expect(invalid([input({ type })], createForm())).toEqual({ b: 'Please fill this in.' });
    },
  );
});

describe('what is submitted', () => {
  const option = { text: { type: 'plain_text' as const, text: 'One' }, value: '1' };
  const blocks: Block[] = [
    input({ type: 'plain_text_input', initial_value: 'before' }),
    { type: 'section', block_id: 's', accessory: { type: 'static_select', action_id: 'pick', initial_option: option } },
    {
      type: 'actions',
      block_id: 'x',
      elements: [
        { type: 'checkboxes', action_id: 'check' },
        { type: 'button', action_id: 'go' },
      ],
    },
  ];

  it('holds untouched elements with their initial value and leaves buttons out', () => {
    expect(collect(blocks, createForm())).toEqual({
      b: { a: { type: 'plain_text_input', value: 'before' } },
      s: { pick: { type: 'static_select', selected_option: option } },
      x: { check: { type: 'checkboxes', selected_options: [] } },
    });
  });

  it('keeps what was typed when the app draws the view anew with the same ids', () => {
    const form = createForm();
    form.set('b', 'a', { type: 'plain_text_input', value: 'typed' });
    const redrawn = [input({ type: 'plain_text_input', initial_value: 'other' })];
    expect(collect(redrawn, form)).toEqual({ b: { a: { type: 'plain_text_input', value: 'typed' } } });
    expect(collect([input({ type: 'plain_text_input', initial_value: 'other' }, { block_id: 'new' })], form)).toEqual({
      new: { a: { type: 'plain_text_input', value: 'other' } },
    });
  });

  it('forgets an error as soon as its field changes', () => {
    const form = createForm();
    form.setErrors({ b: 'wrong', c: 'also' });
    form.set('b', 'a', { type: 'plain_text_input', value: 'x' });
    expect(form.errors()).toEqual({ c: 'also' });
  });
});
