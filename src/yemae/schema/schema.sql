-- The whole schema, as the migrations build it. Made by `make docs` (`yemae schema`), never edited;
-- a test proves that the migrations build exactly this. To change it, write a new migration.

CREATE FUNCTION public.expect_rows(touched bigint, expected bigint) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if touched <> expected then
        raise exception 'expected % rows, touched %', expected, touched;
    end if;
end
$$;

CREATE FUNCTION public.keep_queue_settings_in_step() RETURNS trigger
    LANGUAGE plpgsql
    SET "TimeZone" TO 'UTC'
    AS $$
declare
    before jsonb := '{}';
    source jsonb;
    written jsonb;
begin
    if tg_op = 'UPDATE' then
        before := old.queue_settings;
    end if;
    source := case when new.queue_settings is distinct from before then new.queue_settings else to_jsonb(new) end;
    select jsonb_object_agg(name, source -> name) into written from unnest(tg_argv) as c (name);
    if new.queue_settings is distinct from before then
        new := jsonb_populate_record(new, written);
    else
        new.queue_settings := (new.queue_settings - tg_argv) || jsonb_strip_nulls(written);
    end if;
    return new;
end
$$;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'a line of % is never changed', tg_table_name using errcode = 'integrity_constraint_violation';
end
$$;

CREATE FUNCTION public.refuse_refund_beyond_payment() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    -- Refunds of one order take turns, also where a program forgets to lock it.
    perform from orders where id = new.order_id for no key update;
    if (select coalesce(sum(amount), 0) from refunds
        where order_id = new.order_id and state <> 'declined'
          and reason is distinct from 'dispute_lost')
       > (select coalesce(sum(p.amount + s.amount), 0)
          from payments as p
          cross join lateral (
              select coalesce(sum(t.amount), 0) as amount from transfers as t
              where t.order_id = p.order_id and t.kind = 'surcharge'
          ) as s
          where p.order_id = new.order_id) then
        raise exception 'more would be refunded of order % than was paid', new.order_id
        using errcode = 'integrity_constraint_violation', constraint = 'refunded_at_most_what_was_paid';
    end if;
    return null;
end
$$;

CREATE FUNCTION public.yemae_now() RETURNS timestamp with time zone
    LANGUAGE sql PARALLEL SAFE
    RETURN (clock_timestamp() + (COALESCE(NULLIF(current_setting('yemae.clock_offset'::text, true), ''::text), '0'::text))::interval);

CREATE TABLE public.box_office_sales (
    order_id uuid NOT NULL,
    tender text NOT NULL,
    sold_by text NOT NULL,
    idempotency_key text,
    transfer_id uuid,
    sold_at timestamp with time zone NOT NULL,
    CONSTRAINT box_office_sales_tender_check CHECK ((tender = ANY (ARRAY['cash'::text, 'complimentary'::text])))
);

COMMENT ON TABLE public.box_office_sales IS 'Orders that were sold at the box office, without a queue. A row is written with the order and never changed.';

COMMENT ON COLUMN public.box_office_sales.sold_by IS 'The operator, as in queue_actions.who.';

COMMENT ON COLUMN public.box_office_sales.idempotency_key IS 'The operator''s; null: none was sent.';

COMMENT ON COLUMN public.box_office_sales.transfer_id IS 'The transfer that brought the cash into the buyer''s wallet; null: it cost nothing.';

CREATE TABLE public.box_office_surcharges (
    transfer_id uuid NOT NULL,
    order_id uuid NOT NULL,
    taken_by text NOT NULL
);

COMMENT ON TABLE public.box_office_surcharges IS 'Cash that was handed over when an order of the box office moved to dearer seats. A row is written with the move and never changed.';

COMMENT ON COLUMN public.box_office_surcharges.transfer_id IS 'The transfer that brought the cash into the buyer''s wallet.';

COMMENT ON COLUMN public.box_office_surcharges.taken_by IS 'The operator, as in queue_actions.who.';

CREATE TABLE public.cancellation_policies (
    digest text NOT NULL,
    content jsonb NOT NULL,
    CONSTRAINT cancellation_policies_digest_check CHECK ((digest ~ '^[0-9a-f]{32}$'::text))
);

COMMENT ON TABLE public.cancellation_policies IS 'Every cancellation policy that a concert has or had. None ever changes or goes, because orders name them.';

COMMENT ON COLUMN public.cancellation_policies.digest IS 'Names the content: the first half of the SHA-256 of its JSON, in hex.';

CREATE TABLE public.cancellations (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    user_id text NOT NULL,
    seat_numbers text[] NOT NULL,
    seat_grades text[] NOT NULL,
    seat_prices bigint[] NOT NULL,
    price_types jsonb,
    booking_fee bigint NOT NULL,
    fee bigint NOT NULL,
    cancelled_at timestamp with time zone NOT NULL,
    cancelled_by text NOT NULL,
    reason text,
    idempotency_key text,
    CONSTRAINT cancellations_booking_fee_check CHECK ((booking_fee >= 0)),
    CONSTRAINT cancellations_check CHECK ((cardinality(seat_grades) = cardinality(seat_numbers))),
    CONSTRAINT cancellations_check1 CHECK ((cardinality(seat_prices) = cardinality(seat_numbers))),
    CONSTRAINT cancellations_fee_check CHECK ((fee >= 0)),
    CONSTRAINT cancellations_seat_numbers_check CHECK ((cardinality(seat_numbers) > 0))
);

COMMENT ON TABLE public.cancellations IS 'Seats that were taken out of a paid order, as it had them. A row is written with the change and never changed.';

COMMENT ON COLUMN public.cancellations.booking_fee IS 'The part of the order''s booking fee that was paid for these seats.';

COMMENT ON COLUMN public.cancellations.fee IS 'What was kept of the prices and the booking fee.';

COMMENT ON COLUMN public.cancellations.cancelled_by IS 'The fan''s user id, or the operator as in queue_actions.who.';

COMMENT ON COLUMN public.cancellations.idempotency_key IS 'The fan''s; null: none was sent, or an operator cancelled.';

CREATE SEQUENCE public.catalogue_revision
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.checkouts (
    id uuid NOT NULL,
    user_id text NOT NULL,
    order_id uuid,
    concert_id text,
    pass_number bigint,
    provider text NOT NULL,
    method text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    state text NOT NULL,
    reason text,
    reference text,
    redirect_url text,
    terms text,
    idempotency_key text,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    hold_ends_at timestamp with time zone,
    lease_until timestamp with time zone,
    busy_until timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    look_at timestamp with time zone,
    handed_over_at timestamp with time zone,
    settled_at timestamp with time zone,
    transfer_id uuid,
    CONSTRAINT captured_has_its_transfer CHECK (((state = 'captured'::text) = (transfer_id IS NOT NULL))),
    CONSTRAINT checkouts_amount_check CHECK ((amount > 0)),
    CONSTRAINT checkouts_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT checkouts_provider_check CHECK ((provider ~ '^[a-z][a-z0-9_]{0,30}$'::text)),
    CONSTRAINT checkouts_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'captured'::text, 'declined'::text, 'cancelled'::text, 'in_doubt'::text]))),
    CONSTRAINT order_has_its_pass CHECK ((((order_id IS NULL) = (pass_number IS NULL)) AND ((order_id IS NULL) = (concert_id IS NULL)))),
    CONSTRAINT settled_at_its_end CHECK (((state = ANY (ARRAY['captured'::text, 'declined'::text, 'cancelled'::text])) = (settled_at IS NOT NULL))),
    CONSTRAINT settled_is_left_alone CHECK (((settled_at IS NULL) OR ((lease_until IS NULL) AND (busy_until IS NULL) AND (look_at IS NULL))))
)
WITH (fillfactor='70');

COMMENT ON TABLE public.checkouts IS 'Attempts to pay an order, or a top-up, through a payment provider. A row is there before its provider hears of it, and its id is what the provider is asked for.';

COMMENT ON COLUMN public.checkouts.order_id IS 'Null: a top-up.';

COMMENT ON COLUMN public.checkouts.concert_id IS 'The queue of the pass that the order is paid with.';

COMMENT ON COLUMN public.checkouts.reason IS 'Why it was declined or cancelled, or what is wrong while it is in doubt.';

COMMENT ON COLUMN public.checkouts.reference IS 'What the provider calls it.';

COMMENT ON COLUMN public.checkouts.hold_ends_at IS 'The end of the hold before the lease: it comes back when nothing was captured.';

COMMENT ON COLUMN public.checkouts.lease_until IS 'Until when the order is held for this attempt, because the provider may have captured. Null: it was not asked to.';

COMMENT ON COLUMN public.checkouts.busy_until IS 'Until when a process may be asking the provider; no other one asks meanwhile.';

COMMENT ON COLUMN public.checkouts.attempts IS 'How often the provider gave no answer.';

COMMENT ON COLUMN public.checkouts.look_at IS 'When the job looks the attempt up at the provider.';

COMMENT ON COLUMN public.checkouts.handed_over_at IS 'When the attempt stayed in doubt past its cap, and became a matter for an operator.';

COMMENT ON COLUMN public.checkouts.transfer_id IS 'The transfer that brought the captured money into the wallet.';

CREATE TABLE public.concert_files (
    concert_id text NOT NULL,
    content text NOT NULL,
    written_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL
);

COMMENT ON TABLE public.concert_files IS 'The file of each concert as it was loaded last, without its presale codes: for changes in the console, and to be downloaded.';

CREATE TABLE public.concerts (
    id text NOT NULL,
    listing integer NOT NULL,
    title text NOT NULL,
    artist text NOT NULL,
    venue text NOT NULL,
    currency text NOT NULL,
    sale_opens_at timestamp with time zone NOT NULL,
    seat_limit integer NOT NULL,
    active_limit integer NOT NULL,
    admit_per_minute integer NOT NULL,
    entry_ttl_s integer NOT NULL,
    absent_after_s integer NOT NULL,
    revision bigint DEFAULT nextval('public.catalogue_revision'::regclass) NOT NULL,
    prequeue_opens_at timestamp with time zone,
    queueing_method text DEFAULT 'fifo'::text NOT NULL,
    place_ttl_s integer DEFAULT 3600 NOT NULL,
    joins_per_address_per_minute integer DEFAULT 0 NOT NULL,
    proof_of_work boolean DEFAULT false NOT NULL,
    lanes jsonb DEFAULT '[]'::jsonb NOT NULL,
    draw_seed bytea DEFAULT sha256((uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))) NOT NULL,
    utc_offset_minutes integer,
    draw_seed_is_keyed boolean DEFAULT false NOT NULL,
    queue_settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    title_en text,
    artist_en text,
    venue_en text,
    details jsonb,
    details_digest text,
    poster text,
    pricing jsonb DEFAULT '{}'::jsonb NOT NULL,
    seat_limit_per_concert integer,
    phase_of text,
    phase jsonb,
    time_zone text,
    cancellation text,
    hidden boolean DEFAULT false NOT NULL,
    archived boolean DEFAULT false NOT NULL,
    CONSTRAINT concerts_absent_after_s_check CHECK ((absent_after_s > 0)),
    CONSTRAINT concerts_active_limit_check CHECK ((active_limit > 0)),
    CONSTRAINT concerts_admit_per_minute_check CHECK ((admit_per_minute > 0)),
    CONSTRAINT concerts_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT concerts_entry_ttl_s_check CHECK ((entry_ttl_s > 0)),
    CONSTRAINT concerts_id_check CHECK ((id ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
    CONSTRAINT concerts_seat_limit_check CHECK (((seat_limit >= 1) AND (seat_limit <= 100)))
);

COMMENT ON TABLE public.concerts IS 'What is sold, with the settings of its waiting room. Written from concert files; a change of queue_controls gives it a new revision.';

COMMENT ON COLUMN public.concerts.seat_limit IS 'Seats one fan may have of one performance, held and paid together.';

COMMENT ON COLUMN public.concerts.revision IS 'Grows with every load and every change by an operator, so that server processes notice.';

COMMENT ON COLUMN public.concerts.prequeue_opens_at IS 'From when one may join before the sale; null: at any time.';

COMMENT ON COLUMN public.concerts.lanes IS 'Priority groups: [{name, share in percent, code_hashes: HMACs under the secret key, group or null}].';

COMMENT ON COLUMN public.concerts.draw_seed IS '32 random bytes that the order of the draw follows from (see draw_seed_is_keyed): made once, secret until the sale opens, never changed.';

COMMENT ON COLUMN public.concerts.utc_offset_minutes IS 'How far the venue''s clocks are before UTC when the sale opens, as the concert file writes it. Null until the file is loaded again after an upgrade.';

COMMENT ON COLUMN public.concerts.draw_seed_is_keyed IS 'Whether the seed of the draw is the HMAC-SHA256 of draw_seed under a key of the server; else it is draw_seed itself. Never changed.';

COMMENT ON COLUMN public.concerts.queue_settings IS 'The settings of the queue as the concert file has them, by name; what is missing has the default of queue_settings.py. Times are RFC 3339.';

COMMENT ON COLUMN public.concerts.details IS '[details] of the concert file, as it is written there; long texts are Markdown. Null: nothing.';

COMMENT ON COLUMN public.concerts.details_digest IS 'Names the details: the first half of the SHA-256 of their JSON, in hex. Null: nothing.';

COMMENT ON COLUMN public.concerts.poster IS 'Null: the page draws one.';

COMMENT ON COLUMN public.concerts.pricing IS 'Price types and booking fee as the concert file has them: see pricing.py.';

COMMENT ON COLUMN public.concerts.seat_limit_per_concert IS 'Seats one fan may have of all performances together, held and paid; null: only the limit of each performance.';

COMMENT ON COLUMN public.concerts.phase_of IS 'The concert of which this row is a phase of the sale with a queue of its own; null: the row is a concert, and its general sale.';

COMMENT ON COLUMN public.concerts.phase IS 'What distinguishes the phase: {name, name_en, ends_at, code_hashes: HMACs under the secret key, group, allotment in seats of each date, allotment_percent}; null: a general sale without an end of its own.';

COMMENT ON COLUMN public.concerts.time_zone IS 'The zone of the venue''s clocks in the IANA database, such as Asia/Seoul. Null: the concert file names none, and each of its dates has an offset of its own in utc_offset_minutes.';

COMMENT ON COLUMN public.concerts.cancellation IS 'The cancellation policy; null: no fan can cancel.';

COMMENT ON COLUMN public.concerts.hidden IS 'Whether the public list is without it; it is sold to fans who have its address.';

COMMENT ON COLUMN public.concerts.archived IS 'Whether it is neither listed nor sold any more.';

CREATE TABLE public.disputes (
    id uuid NOT NULL,
    checkout_id uuid NOT NULL,
    order_id uuid,
    reference text NOT NULL,
    amount bigint NOT NULL,
    reason text,
    state text NOT NULL,
    opened_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    closed_at timestamp with time zone,
    asked_at timestamp with time zone,
    CONSTRAINT closed_at_its_end CHECK (((state = 'open'::text) = (closed_at IS NULL))),
    CONSTRAINT disputes_amount_check CHECK ((amount >= 0)),
    CONSTRAINT disputes_state_check CHECK ((state = ANY (ARRAY['open'::text, 'won'::text, 'lost'::text])))
);

COMMENT ON TABLE public.disputes IS 'Payments that a cardholder disputes (chargebacks). While one is open, and once it is lost, the tickets of its order open no door.';

COMMENT ON COLUMN public.disputes.order_id IS 'Null: a top-up, which has no ticket.';

COMMENT ON COLUMN public.disputes.reference IS 'What the provider calls it.';

COMMENT ON COLUMN public.disputes.reason IS 'The provider''s word for why.';

COMMENT ON COLUMN public.disputes.asked_at IS 'When the provider was asked for what is written here.';

CREATE TABLE public.email_confirmations (
    id uuid NOT NULL,
    email text NOT NULL,
    user_id text,
    old_email text,
    name text,
    password_hash text,
    terms text,
    language text NOT NULL,
    created_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT email_confirmations_check CHECK (((user_id IS NULL) = (password_hash IS NOT NULL))),
    CONSTRAINT email_confirmations_language_check CHECK ((language = ANY (ARRAY['ko'::text, 'en'::text])))
);

COMMENT ON TABLE public.email_confirmations IS 'Links that were mailed to confirm an address. A link is signed and stored nowhere; rows go after a week.';

COMMENT ON COLUMN public.email_confirmations.email IS 'The address that the link goes to.';

COMMENT ON COLUMN public.email_confirmations.user_id IS 'The account that gets this address; null: one that is made with the link.';

COMMENT ON COLUMN public.email_confirmations.old_email IS 'The address before, which is told of the change.';

COMMENT ON COLUMN public.email_confirmations.used_at IS 'When the link was used; it is good for nothing then.';

CREATE TABLE public.history (
    concert_id text NOT NULL,
    every_s integer NOT NULL,
    at timestamp with time zone NOT NULL,
    figures jsonb NOT NULL
);

COMMENT ON TABLE public.history IS 'Figures of a queue, for each second of an hour and each minute of 30 days in which one had changed.';

COMMENT ON COLUMN public.history.concert_id IS 'The id of the queue; of the whole server: empty (refusals) or :latencies.';

COMMENT ON COLUMN public.history.every_s IS '1 or 60: what the row stands for, in seconds.';

COMMENT ON COLUMN public.history.figures IS 'Counts since the sale began, and numbers of the moment.';

CREATE TABLE public.identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id text NOT NULL,
    created_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    CONSTRAINT identities_issuer_check CHECK (((char_length(issuer) >= 1) AND (char_length(issuer) <= 500))),
    CONSTRAINT identities_subject_check CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 255)))
);

COMMENT ON TABLE public.identities IS 'Logins elsewhere that lead to an account, by issuer and subject. An e-mail address leads to none.';

CREATE TABLE public.last_reconcile (
    is_only boolean DEFAULT true NOT NULL,
    begun_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    begun_by text DEFAULT ''::text NOT NULL,
    ended_at timestamp with time zone,
    checked_at timestamp with time zone,
    checked_by text,
    took_ms integer,
    laws jsonb,
    wanted_at timestamp with time zone,
    seen_at timestamp with time zone,
    CONSTRAINT last_reconcile_is_only_check CHECK (is_only)
);

COMMENT ON TABLE public.last_reconcile IS 'The last reconcile of the books by a jobs process of any node: one row.';

COMMENT ON COLUMN public.last_reconcile.begun_at IS 'When the check that is under way, or the last one, was begun. The process that wrote it has the turn.';

COMMENT ON COLUMN public.last_reconcile.ended_at IS 'When the last check ended; before begun_at while one is under way.';

COMMENT ON COLUMN public.last_reconcile.laws IS 'What each law found in the last check in which it ended in its time: which check that was, how many rows it looked at, and how many violate it.';

COMMENT ON COLUMN public.last_reconcile.wanted_at IS 'When an operator asked for a check last.';

COMMENT ON COLUMN public.last_reconcile.seen_at IS 'When the check that is under way has shown last that it goes on; null or before begun_at: not yet.';

CREATE TABLE public.merged_users (
    guest_id text NOT NULL,
    user_id text NOT NULL,
    orders integer NOT NULL,
    amount bigint NOT NULL,
    merged_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    CONSTRAINT merged_users_amount_check CHECK ((amount >= 0)),
    CONSTRAINT merged_users_check CHECK ((guest_id <> user_id))
);

COMMENT ON TABLE public.merged_users IS 'Guests whose orders and balance have moved into an account. Their sign-ins have ended; payments and ledger lines of before have their ids.';

COMMENT ON COLUMN public.merged_users.user_id IS 'The account. When it is merged itself, the one that has everything now.';

COMMENT ON COLUMN public.merged_users.orders IS 'How many orders moved.';

COMMENT ON COLUMN public.merged_users.amount IS 'The balance that moved.';

CREATE TABLE public.messages (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    cause uuid NOT NULL,
    order_id uuid,
    created_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    due_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    ended_at timestamp with time zone,
    error text,
    CONSTRAINT messages_kind_check CHECK ((kind = ANY (ARRAY['order_paid'::text, 'order_cancelled'::text, 'refunded'::text, 'ticket_link'::text, 'tickets_moved'::text, 'date_moved'::text, 'date_cancelled'::text, 'refund_failed'::text, 'password_reset'::text, 'confirm_email'::text, 'email_taken'::text, 'email_changed'::text, 'opening_soon'::text]))),
    CONSTRAINT messages_order_check CHECK (((order_id IS NULL) = (kind = ANY (ARRAY['password_reset'::text, 'confirm_email'::text, 'email_taken'::text, 'email_changed'::text, 'opening_soon'::text])))),
    CONSTRAINT messages_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'given_up'::text])))
);

COMMENT ON TABLE public.messages IS 'The outbox: what fans are told about their orders. A row is written by the transaction that causes it.';

COMMENT ON COLUMN public.messages.id IS 'The Message-ID of every mail that tells it.';

COMMENT ON COLUMN public.messages.cause IS 'The payment, the cancellation or the refund that it tells of.';

COMMENT ON COLUMN public.messages.due_at IS 'When it is sent, or tried again. A process that sends it moves this first, so no other does.';

COMMENT ON COLUMN public.messages.error IS 'What went wrong the last time.';

CREATE TABLE public.opening_reminders (
    id uuid NOT NULL,
    user_id text NOT NULL,
    queue_id text NOT NULL,
    language text NOT NULL,
    created_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    written_at timestamp with time zone,
    CONSTRAINT opening_reminders_language_check CHECK ((language = ANY (ARRAY['ko'::text, 'en'::text])))
);

COMMENT ON TABLE public.opening_reminders IS 'Accounts that asked for a mail the day before a sale opens. Each is sent once for its queue.';

COMMENT ON COLUMN public.opening_reminders.written_at IS 'When its message was written.';

CREATE TABLE public.order_contacts (
    order_id uuid NOT NULL,
    email text,
    language text NOT NULL,
    CONSTRAINT order_contacts_language_check CHECK ((language = ANY (ARRAY['ko'::text, 'en'::text])))
);

COMMENT ON TABLE public.order_contacts IS 'Where the fan of an order wants to hear of it, as they said at the payment.';

COMMENT ON COLUMN public.order_contacts.email IS 'Null: the address of the account, if it has one.';

CREATE TABLE public.orders (
    id uuid NOT NULL,
    user_id text NOT NULL,
    performance_key integer NOT NULL,
    status text NOT NULL,
    seat_numbers text[] NOT NULL,
    seat_grades text[] NOT NULL,
    seat_prices bigint[] NOT NULL,
    total bigint NOT NULL,
    currency text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    pass_number bigint NOT NULL,
    idempotency_key text,
    booking_fee bigint DEFAULT 0 NOT NULL,
    price_types jsonb,
    sale text,
    cancellation text,
    checkout_id uuid,
    CONSTRAINT orders_check CHECK ((cardinality(seat_grades) = cardinality(seat_numbers))),
    CONSTRAINT orders_check1 CHECK ((cardinality(seat_prices) = cardinality(seat_numbers))),
    CONSTRAINT orders_check2 CHECK ((expires_at > created_at)),
    CONSTRAINT orders_seat_numbers_check CHECK ((cardinality(seat_numbers) > 0)),
    CONSTRAINT orders_status_check CHECK ((status = ANY (ARRAY['held'::text, 'paid'::text, 'released'::text, 'expired'::text, 'refunded'::text, 'cancelled'::text]))),
    CONSTRAINT orders_total_check CHECK ((total >= 0))
)
WITH (fillfactor='85');

COMMENT ON COLUMN public.orders.seat_prices IS 'What each seat cost when it was held; later changes do not reach an order.';

COMMENT ON COLUMN public.orders.pass_number IS 'The queue number of the pass it was made with, so that the waiting room can be repaired after a crash.';

COMMENT ON COLUMN public.orders.booking_fee IS 'In the total, beside the prices of the seats.';

COMMENT ON COLUMN public.orders.price_types IS 'For each seat the price type that it was held with, or null for the full price: {id, name, name_en, proof, proof_en}. Null: full prices only. Later changes of the file do not reach an order.';

COMMENT ON COLUMN public.orders.sale IS 'The phase in which it was made, and of whose queue its pass is; null: the general sale of its concert.';

COMMENT ON COLUMN public.orders.cancellation IS 'The cancellation policy (cancellation_policies.digest) of its concert when it was held; null: no fan can cancel it. Later changes of the file do not reach an order.';

COMMENT ON COLUMN public.orders.checkout_id IS 'The checkout that keeps the hold while its provider may have captured; nothing else pays, releases or moves the order meanwhile.';

CREATE TABLE public.passkeys (
    id uuid NOT NULL,
    credential_id bytea NOT NULL,
    user_id text NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    is_synced boolean NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT passkeys_credential_check CHECK (((octet_length(credential_id) >= 1) AND (octet_length(credential_id) <= 1023))),
    CONSTRAINT passkeys_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT passkeys_public_key_check CHECK (((octet_length(public_key) >= 1) AND (octet_length(public_key) <= 4096))),
    CONSTRAINT passkeys_sign_count_check CHECK ((sign_count >= 0))
);

COMMENT ON TABLE public.passkeys IS 'Keys of devices that sign a user in (WebAuthn). The device keeps the private half.';

COMMENT ON COLUMN public.passkeys.sign_count IS 'How often the device says it has signed; 0 of devices that do not count.';

COMMENT ON COLUMN public.passkeys.is_synced IS 'Whether the maker of the device keeps copies of it.';

CREATE TABLE public.password_resets (
    id uuid NOT NULL,
    user_id text NOT NULL,
    email text NOT NULL,
    language text NOT NULL,
    created_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT password_resets_language_check CHECK ((language = ANY (ARRAY['ko'::text, 'en'::text])))
);

COMMENT ON TABLE public.password_resets IS 'Links that were mailed to set a new password. A link is signed and stored nowhere; rows go after a week.';

COMMENT ON COLUMN public.password_resets.used_at IS 'When this or another link of the user was used; it is good for nothing then.';

CREATE TABLE public.payments (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    user_id text NOT NULL,
    concert_id text NOT NULL,
    pass_number bigint NOT NULL,
    amount bigint NOT NULL,
    balance_after bigint NOT NULL,
    paid_at timestamp with time zone NOT NULL,
    idempotency_key text,
    terms text,
    CONSTRAINT payments_amount_check CHECK ((amount >= 0)),
    CONSTRAINT payments_balance_after_check CHECK ((balance_after >= 0))
);

COMMENT ON COLUMN public.payments.terms IS 'The version of the terms that the fan agreed to with this payment. Null: none was published.';

CREATE TABLE public.performances (
    key integer NOT NULL,
    id text NOT NULL,
    concert_id text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    seats_total integer NOT NULL,
    price_from bigint NOT NULL,
    plan text,
    utc_offset_minutes integer,
    sale_ends_at timestamp with time zone,
    sales text[],
    cancelled_at timestamp with time zone,
    postponed_at timestamp with time zone,
    postponed_from timestamp with time zone,
    refundable_until timestamp with time zone,
    CONSTRAINT performances_id_check CHECK ((id ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
    CONSTRAINT performances_price_from_check CHECK ((price_from >= 0)),
    CONSTRAINT performances_seats_total_check CHECK ((seats_total > 0))
);

COMMENT ON TABLE public.performances IS 'One date of a concert.';

COMMENT ON COLUMN public.performances.key IS 'Short key for the hot tables; the id is what the world sees.';

COMMENT ON COLUMN public.performances.plan IS 'Null until the concert file is loaded again after an upgrade: then a simple plan is drawn from the seats.';

COMMENT ON COLUMN public.performances.utc_offset_minutes IS 'How far the venue''s clocks are before UTC when it starts, as the concert file writes it. Null until the file is loaded again after an upgrade.';

COMMENT ON COLUMN public.performances.sale_ends_at IS 'From when its seats are not sold; null: when it starts.';

COMMENT ON COLUMN public.performances.sales IS 'The queues (concerts.id) that sell it; null: every one of its concert.';

COMMENT ON COLUMN public.performances.cancelled_at IS 'From when it does not take place. Its seats are not sold, its tickets open no door, and a refund run gives everybody the money back.';

COMMENT ON COLUMN public.performances.postponed_at IS 'When it was last moved to another time.';

COMMENT ON COLUMN public.performances.postponed_from IS 'When it was to begin at first.';

COMMENT ON COLUMN public.performances.refundable_until IS 'Until then, fans who had paid before it was moved cancel without a fee.';

ALTER TABLE public.performances ALTER COLUMN key ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.performances_key_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.plans (
    digest text NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT plans_digest_check CHECK ((digest ~ '^[0-9a-f]{32}$'::text))
);
ALTER TABLE ONLY public.plans ALTER COLUMN content SET STORAGE EXTERNAL;

COMMENT ON TABLE public.plans IS 'Seat plans as they are served; a plan never changes. Written from concert files, dropped when no performance has it any more.';

COMMENT ON COLUMN public.plans.digest IS 'Names the content: the first half of the SHA-256 of its JSON, in hex.';

COMMENT ON COLUMN public.plans.content IS 'The JSON of the plan, compressed with gzip.';

CREATE TABLE public.posters (
    digest text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    small bytea NOT NULL,
    large bytea NOT NULL,
    CONSTRAINT posters_digest_check CHECK ((digest ~ '^[0-9a-f]{32}$'::text)),
    CONSTRAINT posters_height_check CHECK ((height > 0)),
    CONSTRAINT posters_width_check CHECK ((width > 0))
);
ALTER TABLE ONLY public.posters ALTER COLUMN small SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.posters ALTER COLUMN large SET STORAGE EXTERNAL;

COMMENT ON TABLE public.posters IS 'Posters as they are served; a poster never changes. Written from concert files, dropped when no concert has it any more.';

COMMENT ON COLUMN public.posters.digest IS 'Names the poster: the first half of the SHA-256 of the operator''s file and of how it is scaled, in hex.';

COMMENT ON COLUMN public.posters.width IS 'Of the large image, in pixels.';

COMMENT ON COLUMN public.posters.height IS 'Of the large image, in pixels.';

COMMENT ON COLUMN public.posters.small IS 'A JPEG for cards of a list.';

COMMENT ON COLUMN public.posters.large IS 'A JPEG for a page.';

CREATE TABLE public.push_notices (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id text NOT NULL,
    queue_id text NOT NULL,
    kind text NOT NULL,
    number bigint NOT NULL,
    lane integer NOT NULL,
    endpoint text NOT NULL,
    p256dh text NOT NULL,
    auth text NOT NULL,
    language text NOT NULL,
    created_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    due_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    ended_at timestamp with time zone,
    error text,
    CONSTRAINT push_notices_endpoint_check CHECK (((char_length(endpoint) >= 1) AND (char_length(endpoint) <= 1000))),
    CONSTRAINT push_notices_kind_check CHECK ((kind = ANY (ARRAY['turn'::text, 'opening'::text]))),
    CONSTRAINT push_notices_language_check CHECK ((language = ANY (ARRAY['ko'::text, 'en'::text]))),
    CONSTRAINT push_notices_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'given_up'::text])))
);

COMMENT ON TABLE public.push_notices IS 'What browsers are notified of by Web Push, once: that it is a fan''s turn, and that a sale opens.';

COMMENT ON COLUMN public.push_notices.number IS 'The queue number of the place; of an opening 0.';

COMMENT ON COLUMN public.push_notices.endpoint IS 'The address that the push service of the browser''s maker has given it.';

COMMENT ON COLUMN public.push_notices.due_at IS 'When it may be sent, or tried again. A process that sends it moves this first, so no other does.';

CREATE TABLE public.queue_actions (
    id uuid NOT NULL,
    concert_id text,
    at timestamp with time zone NOT NULL,
    who text NOT NULL,
    action text NOT NULL,
    details jsonb NOT NULL
);

COMMENT ON TABLE public.queue_actions IS 'The audit log: what operators did. A line is written with the change and never changed.';

COMMENT ON COLUMN public.queue_actions.concert_id IS 'The concert, or the phase of it; null: the whole server.';

COMMENT ON COLUMN public.queue_actions.who IS 'The user id of the operator, or cli: and the name of the system''s user.';

COMMENT ON COLUMN public.queue_actions.details IS 'What it was done to; old and new values as {"from", "to"}; "reason" is what the operator gave.';

CREATE TABLE public.queue_controls (
    concert_id text NOT NULL,
    control text NOT NULL,
    sale_opens_at timestamp with time zone,
    prequeue_opens_at timestamp with time zone,
    queueing_method text,
    active_limit integer,
    admit_per_minute integer,
    entry_ttl_s integer,
    absent_after_s integer,
    place_ttl_s integer,
    joins_per_address_per_minute integer,
    proof_of_work boolean,
    message_ko text,
    message_en text,
    changed_at timestamp with time zone NOT NULL,
    changed_by text NOT NULL,
    message_until timestamp with time zone,
    queue_settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT queue_controls_absent_after_s_check CHECK ((absent_after_s > 0)),
    CONSTRAINT queue_controls_active_limit_check CHECK ((active_limit > 0)),
    CONSTRAINT queue_controls_admit_per_minute_check CHECK ((admit_per_minute > 0)),
    CONSTRAINT queue_controls_control_check CHECK ((control = ANY (ARRAY['running'::text, 'paused'::text, 'draining'::text]))),
    CONSTRAINT queue_controls_entry_ttl_s_check CHECK ((entry_ttl_s > 0)),
    CONSTRAINT queue_controls_joins_per_address_per_minute_check CHECK ((joins_per_address_per_minute >= 0)),
    CONSTRAINT queue_controls_place_ttl_s_check CHECK ((place_ttl_s > 0)),
    CONSTRAINT queue_controls_queueing_method_check CHECK ((queueing_method = ANY (ARRAY['fifo'::text, 'draw'::text, 'passthrough'::text, 'reject'::text])))
);

COMMENT ON TABLE public.queue_controls IS 'What operators changed while the queue ran. Wins over the concert file, also when the file is loaded again.';

COMMENT ON COLUMN public.queue_controls.control IS 'paused: no fan is admitted. draining: no new fan may join.';

COMMENT ON COLUMN public.queue_controls.message_until IS 'From when the message is shown to no fan; null: it has no end.';

COMMENT ON COLUMN public.queue_controls.queue_settings IS 'The settings that an operator has set, by name; all others are the file''s.';

CREATE TABLE public.queue_generations (
    concert_id text NOT NULL,
    generation text NOT NULL,
    has_begun boolean DEFAULT false NOT NULL,
    inside integer DEFAULT 0 NOT NULL,
    CONSTRAINT queue_generations_inside_check CHECK ((inside >= 0))
);

COMMENT ON TABLE public.queue_generations IS 'A row for each queue that has begun in Valkey, which distinguishes a loss from a beginning.';

COMMENT ON COLUMN public.queue_generations.generation IS 'What Valkey carries of a queue since it began, or since all of it was lost.';

COMMENT ON COLUMN public.queue_generations.has_begun IS 'False until Valkey has it.';

COMMENT ON COLUMN public.queue_generations.inside IS 'How many fans were inside, as of the last count of the seats: room that is kept for them after a loss.';

CREATE TABLE public.recovery_codes (
    user_id text NOT NULL,
    digest bytea NOT NULL,
    used_at timestamp with time zone
);

COMMENT ON TABLE public.recovery_codes IS 'What replaces a code of a lost authenticator app, each once. Only digests with the server''s key are kept.';

CREATE TABLE public.refund_runs (
    id uuid NOT NULL,
    performance_key integer NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    orders integer DEFAULT 0 NOT NULL,
    refunded bigint DEFAULT 0 NOT NULL,
    failed uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT finished_when_done CHECK (((state = 'done'::text) = (finished_at IS NOT NULL))),
    CONSTRAINT refund_runs_state_check CHECK ((state = ANY (ARRAY['running'::text, 'paused'::text, 'done'::text])))
);

COMMENT ON TABLE public.refund_runs IS 'One for each date that is cancelled. It takes the seats of the date one after the other: a seat that it has closed has its id in the place of an order (seats.order_id), and it is done when it has them all.';

COMMENT ON COLUMN public.refund_runs.orders IS 'How many paid orders it has cancelled.';

COMMENT ON COLUMN public.refund_runs.refunded IS 'What went back for them, in the currency of the concert.';

COMMENT ON COLUMN public.refund_runs.failed IS 'Orders that it could not cancel: it pauses when only these are left.';

CREATE TABLE public.refunds (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    cancellation_id uuid,
    amount bigint NOT NULL,
    destination text NOT NULL,
    checkout_id uuid,
    state text NOT NULL,
    reason text,
    requested_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    idempotency_key text,
    reference text,
    failure text,
    attempts integer DEFAULT 0 NOT NULL,
    look_at timestamp with time zone,
    handed_over_at timestamp with time zone,
    instead_of uuid,
    part_of uuid,
    paid_out_by text,
    CONSTRAINT refunds_amount_check CHECK ((amount > 0)),
    CONSTRAINT refunds_check CHECK (((destination = 'checkout'::text) = (checkout_id IS NOT NULL))),
    CONSTRAINT refunds_check1 CHECK (((state = 'settled'::text) = (settled_at IS NOT NULL))),
    CONSTRAINT refunds_destination_check CHECK ((destination = ANY (ARRAY['wallet'::text, 'checkout'::text, 'cash'::text]))),
    CONSTRAINT refunds_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'settled'::text, 'declined'::text, 'in_doubt'::text])))
);

COMMENT ON TABLE public.refunds IS 'Money that goes back to fans: a row for each attempt. pending: asked for. in_doubt: the payment provider has not said.';

COMMENT ON COLUMN public.refunds.cancellation_id IS 'What it is for; null: a refund for which no seat was cancelled.';

COMMENT ON COLUMN public.refunds.checkout_id IS 'The checkout that the money came through; null: it goes to the wallet, or out in cash.';

COMMENT ON COLUMN public.refunds.requested_by IS 'The fan''s user id, or the operator as in queue_actions.who.';

COMMENT ON COLUMN public.refunds.idempotency_key IS 'Of an operator''s call that gave money back without cancelling a seat; null: of none.';

COMMENT ON COLUMN public.refunds.reference IS 'What the payment provider calls it.';

COMMENT ON COLUMN public.refunds.failure IS 'Why the provider did not pay it out, or has not yet.';

COMMENT ON COLUMN public.refunds.attempts IS 'How often the provider was asked for it.';

COMMENT ON COLUMN public.refunds.look_at IS 'When the job asks the provider; null: never again.';

COMMENT ON COLUMN public.refunds.handed_over_at IS 'When it stayed open past its cap, and became a matter for an operator.';

COMMENT ON COLUMN public.refunds.instead_of IS 'The declined refund that it stands for.';

COMMENT ON COLUMN public.refunds.part_of IS 'The refund that it was split off, as the wallet had paid this part.';

COMMENT ON COLUMN public.refunds.paid_out_by IS 'Who handed out the cash, as in queue_actions.who.';

CREATE TABLE public.revoked_passes (
    user_id text NOT NULL,
    concert_id text NOT NULL,
    pass_number bigint NOT NULL,
    revoked_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.revoked_passes IS 'The last revocation of each fan at each concert. It ends a pass and every older place of the same fan, as a payment does.';

COMMENT ON COLUMN public.revoked_passes.pass_number IS 'The queue number of the pass.';

COMMENT ON COLUMN public.revoked_passes.revoked_at IS 'By the clock of the database, so that the sweep finds what is new.';

CREATE TABLE public.role_grants (
    id uuid NOT NULL,
    user_id text NOT NULL,
    role text NOT NULL,
    concert_id text,
    granted_by text NOT NULL,
    granted_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    CONSTRAINT role_grants_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'door'::text, 'support'::text, 'box_office'::text, 'operator'::text, 'finance'::text, 'admin'::text])))
);

COMMENT ON TABLE public.role_grants IS 'What operators may do. A row is removed when the role is taken back; the log keeps both.';

COMMENT ON COLUMN public.role_grants.concert_id IS 'The concert that the role is for; null: the whole server.';

COMMENT ON COLUMN public.role_grants.granted_by IS 'As in queue_actions.who.';

CREATE TABLE public.scheduler_runs (
    minute timestamp with time zone NOT NULL,
    node text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    passes_expired integer DEFAULT 0 NOT NULL,
    orders_expired integer DEFAULT 0 NOT NULL,
    seats_released integer DEFAULT 0 NOT NULL,
    failures integer DEFAULT 0 NOT NULL
);

CREATE TABLE public.seat_blocks (
    id uuid NOT NULL,
    concert_id text NOT NULL,
    name text NOT NULL,
    reason text NOT NULL,
    note text NOT NULL,
    color text,
    releases_at timestamp with time zone,
    file jsonb,
    changed_at timestamp with time zone NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT seat_blocks_color_check CHECK ((color ~ '^#[0-9a-f]{6}$'::text)),
    CONSTRAINT seat_blocks_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
    CONSTRAINT seat_blocks_reason_check CHECK ((reason = ANY (ARRAY['house'::text, 'press'::text, 'sponsor'::text, 'technical'::text, 'not_for_sale'::text])))
);

COMMENT ON TABLE public.seat_blocks IS 'Seats that an operator holds back. The rows of seats say which they are.';

COMMENT ON COLUMN public.seat_blocks.releases_at IS 'From when its seats are free; null: until an operator releases them. The held_until of its seats is the same, or infinity.';

COMMENT ON COLUMN public.seat_blocks.file IS 'The block as the concert file had it when it was last loaded; null: no file has it.';

CREATE TABLE public.seats (
    performance_key integer NOT NULL,
    number text NOT NULL COLLATE pg_catalog."C",
    "position" integer NOT NULL,
    grade text NOT NULL,
    price bigint NOT NULL,
    order_id uuid,
    held_until timestamp with time zone,
    mark text,
    area text COLLATE pg_catalog."C",
    CONSTRAINT seats_check CHECK (((order_id IS NULL) = (held_until IS NULL))),
    CONSTRAINT seats_number_check CHECK ((number ~ '^[^ \u00A0\u1680\u2000-\u200A\u202F\u205F\u3000\u0001-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069\u061C\u200B\u200E\u200F\uFEFF\uFFF9-\uFFFB]{1,20}$'::text)),
    CONSTRAINT seats_position_check CHECK (("position" >= 0)),
    CONSTRAINT seats_price_check CHECK ((price >= 0))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.05');

COMMENT ON COLUMN public.seats."position" IS 'Place in plan order, from 0.';

COMMENT ON COLUMN public.seats.order_id IS 'The order or the block that has the seat, until held_until.';

COMMENT ON COLUMN public.seats.mark IS 'wheelchair or companion: an order has no more companion seats than wheelchair places. Null: neither. All marks are in the plan.';

COMMENT ON COLUMN public.seats.area IS 'The area without seats that this is a spot of: the number is an entry number, and it is sold by count, never by number. Null: a seat.';

CREATE TABLE public.second_factors (
    user_id text NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL
);

COMMENT ON TABLE public.second_factors IS 'Authenticator apps (TOTP), one of each user. The secret is derived from the id and the server''s key.';

COMMENT ON COLUMN public.second_factors.confirmed_at IS 'When its first code was typed; before that it counts for nothing.';

COMMENT ON COLUMN public.second_factors.last_step IS 'The half minute, since 1970, of the newest code that was used: it and older ones are good no more.';

CREATE TABLE public.sign_offs (
    id uuid NOT NULL,
    concert_id text NOT NULL,
    name text NOT NULL,
    who text NOT NULL,
    note text NOT NULL,
    expected_fans integer NOT NULL,
    digest text NOT NULL,
    signed_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    withdrawn_at timestamp with time zone,
    withdrawn_by text,
    CONSTRAINT sign_offs_expected_check CHECK (((expected_fans >= 1) AND (expected_fans <= 10000000))),
    CONSTRAINT sign_offs_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT sign_offs_note_check CHECK ((char_length(note) <= 500))
);

COMMENT ON TABLE public.sign_offs IS 'Who has signed off the sale of a concert before it opens.';

COMMENT ON COLUMN public.sign_offs.digest IS 'What was signed: the plans and the prices. Another plan or price takes the sign-off back.';

CREATE TABLE public.sign_outs (
    user_id text NOT NULL,
    at timestamp with time zone NOT NULL,
    written_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.sign_outs IS 'When users last signed out everywhere. Read by every server process, and dropped when every token from before has ended.';

COMMENT ON COLUMN public.sign_outs.user_id IS 'The sub of the access token, of any issuer; the user may have no row.';

COMMENT ON COLUMN public.sign_outs.at IS 'Access tokens that were issued up to here are good for nothing.';

COMMENT ON COLUMN public.sign_outs.written_at IS 'By the clock of the database, so that processes find what is new.';

CREATE TABLE public.terms (
    number integer NOT NULL,
    version text NOT NULL,
    content jsonb NOT NULL,
    published_at timestamp with time zone NOT NULL,
    CONSTRAINT terms_version_check CHECK ((version ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$'::text))
);

COMMENT ON TABLE public.terms IS 'The operator''s terms and privacy policy. The one with the highest number is current; none ever changes or goes, because payments name them.';

COMMENT ON COLUMN public.terms.content IS '{terms: {ko, en}, privacy: {ko, en}}, as Markdown.';

ALTER TABLE public.terms ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.terms_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ticket_links (
    order_id uuid NOT NULL,
    revision integer NOT NULL,
    CONSTRAINT ticket_links_revision_check CHECK (((revision >= 1) AND (revision <= 65535)))
);

COMMENT ON TABLE public.ticket_links IS 'Orders whose earlier ticket links were revoked: only links of this revision are good. Without a row it is 0.';

CREATE TABLE public.tickets (
    performance_key integer NOT NULL,
    number text NOT NULL COLLATE pg_catalog."C",
    order_id uuid NOT NULL
);

CREATE TABLE public.transfers (
    id uuid NOT NULL,
    user_id text NOT NULL,
    kind text NOT NULL,
    from_account text NOT NULL,
    to_account text NOT NULL,
    amount bigint NOT NULL,
    balance_after bigint NOT NULL,
    order_id uuid,
    idempotency_key text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT both_sides CHECK (((from_account = user_id) <> (to_account = user_id))),
    CONSTRAINT transfers_amount_check CHECK ((amount > 0)),
    CONSTRAINT transfers_balance_after_check CHECK ((balance_after >= 0)),
    CONSTRAINT transfers_check CHECK (((kind = ANY (ARRAY['top_up'::text, 'merge'::text])) = (order_id IS NULL))),
    CONSTRAINT transfers_kind_check CHECK ((kind = ANY (ARRAY['top_up'::text, 'payment'::text, 'surcharge'::text, 'refund'::text, 'fee'::text, 'payout'::text, 'merge'::text])))
);

CREATE TABLE public.users (
    id text NOT NULL,
    name text,
    email text,
    password_hash text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    role text,
    terms text,
    CONSTRAINT users_id_check CHECK ((id ~ '^[!-?A-~][!-~]{0,127}$'::text))
);

COMMENT ON TABLE public.users IS 'Fans. A row appears at sign-up, or when a foreign identity first needs one.';

COMMENT ON COLUMN public.users.id IS 'The sub of the access token. Never starts with @: those are the ledger''s own accounts.';

COMMENT ON COLUMN public.users.password_hash IS 'Argon2id; null for users who sign in elsewhere.';

COMMENT ON COLUMN public.users.role IS 'What the next access token of this user says they may do: operator, or null for a fan.';

COMMENT ON COLUMN public.users.terms IS 'The version of the terms that the fan agreed to at the sign-up. Null: none was published, or the user signed up elsewhere.';

CREATE TABLE public.wallets (
    user_id text NOT NULL,
    balance bigint DEFAULT 0 NOT NULL,
    currency text NOT NULL,
    CONSTRAINT balance_not_negative CHECK ((balance >= 0)),
    CONSTRAINT wallets_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
)
WITH (fillfactor='70');

CREATE TABLE public.wallets_room (
    part integer NOT NULL,
    room bigint NOT NULL,
    sum_max bigint NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    CONSTRAINT wallets_room_room_check CHECK ((room >= 0))
);

COMMENT ON TABLE public.wallets_room IS 'What top-ups may still bring into all wallets together, in parts, so that they do not wait for one row. Unused while no limit is set.';

COMMENT ON COLUMN public.wallets_room.sum_max IS 'The limit that the room was counted for; with another setting it is counted anew.';

COMMENT ON COLUMN public.wallets_room.counted_at IS 'When all balances were summed up. Payments since then are not in the room yet.';

CREATE TABLE public.webhook_deliveries (
    endpoint_id uuid NOT NULL,
    event_id uuid NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    due_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    give_up_at timestamp with time zone DEFAULT (public.yemae_now() + '3 days'::interval) NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    attempted_at timestamp with time zone,
    ended_at timestamp with time zone,
    status integer,
    error text,
    CONSTRAINT webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'given_up'::text])))
);

COMMENT ON TABLE public.webhook_deliveries IS 'An event on its way to an endpoint, and the log of it.';

COMMENT ON COLUMN public.webhook_deliveries.due_at IS 'When it is sent, or tried again. A process that sends it moves this first, so no other does.';

COMMENT ON COLUMN public.webhook_deliveries.status IS 'The HTTP status of the last answer.';

COMMENT ON COLUMN public.webhook_deliveries.error IS 'What went wrong the last time.';

CREATE TABLE public.webhook_endpoints (
    id uuid NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL,
    secret_number integer DEFAULT 1 NOT NULL,
    rotated_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL,
    created_by text NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    failing_since timestamp with time zone,
    paused_until timestamp with time zone,
    disabled_at timestamp with time zone,
    disabled_reason text,
    removed_at timestamp with time zone
);

COMMENT ON TABLE public.webhook_endpoints IS 'Where a system of the operator hears of what happens. A row stays when its endpoint is removed.';

COMMENT ON COLUMN public.webhook_endpoints.events IS 'The types of events that are sent there.';

COMMENT ON COLUMN public.webhook_endpoints.secret_number IS 'The secret follows from the server''s key, the id and this number; it is stored nowhere.';

COMMENT ON COLUMN public.webhook_endpoints.rotated_at IS 'When the secret was changed. The one before signs as well for a day after it.';

COMMENT ON COLUMN public.webhook_endpoints.failures IS 'Rounds of deliveries without any success, one after the other.';

COMMENT ON COLUMN public.webhook_endpoints.paused_until IS 'Nothing is sent before, because nothing arrived.';

CREATE TABLE public.webhook_events (
    id uuid NOT NULL,
    type text NOT NULL,
    cause text NOT NULL,
    body text NOT NULL,
    created_at timestamp with time zone DEFAULT public.yemae_now() NOT NULL
);

COMMENT ON TABLE public.webhook_events IS 'What happened, where an endpoint wants to hear of it; written by the transaction that causes it.';

COMMENT ON COLUMN public.webhook_events.id IS 'The webhook-id of every request that tells it.';

COMMENT ON COLUMN public.webhook_events.cause IS 'What it tells of: a payment, a cancellation, an opening.';

COMMENT ON COLUMN public.webhook_events.body IS 'The JSON as it is signed and sent, every time the same.';

ALTER TABLE ONLY public.box_office_sales
    ADD CONSTRAINT box_office_sales_pkey PRIMARY KEY (order_id);

ALTER TABLE ONLY public.box_office_sales
    ADD CONSTRAINT box_office_sales_transfer_id_key UNIQUE (transfer_id);

ALTER TABLE ONLY public.box_office_surcharges
    ADD CONSTRAINT box_office_surcharges_pkey PRIMARY KEY (transfer_id);

ALTER TABLE ONLY public.cancellation_policies
    ADD CONSTRAINT cancellation_policies_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.cancellations
    ADD CONSTRAINT cancellations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.checkouts
    ADD CONSTRAINT checkouts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.checkouts
    ADD CONSTRAINT checkouts_transfer_id_key UNIQUE (transfer_id);

ALTER TABLE ONLY public.concert_files
    ADD CONSTRAINT concert_files_pkey PRIMARY KEY (concert_id);

ALTER TABLE ONLY public.concerts
    ADD CONSTRAINT concerts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.disputes
    ADD CONSTRAINT dispute_has_one_row UNIQUE (checkout_id, reference);

ALTER TABLE ONLY public.disputes
    ADD CONSTRAINT disputes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.email_confirmations
    ADD CONSTRAINT email_confirmations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (concert_id, every_s, at);

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT identities_pkey PRIMARY KEY (issuer, subject);

ALTER TABLE ONLY public.last_reconcile
    ADD CONSTRAINT last_reconcile_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY public.merged_users
    ADD CONSTRAINT merged_users_pkey PRIMARY KEY (guest_id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_cause UNIQUE (kind, cause);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.seat_blocks
    ADD CONSTRAINT one_block_of_a_name UNIQUE (concert_id, name);

ALTER TABLE ONLY public.performances
    ADD CONSTRAINT one_performance_at_a_time UNIQUE (concert_id, starts_at) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.refund_runs
    ADD CONSTRAINT one_run_for_each_date UNIQUE (performance_key);

ALTER TABLE ONLY public.opening_reminders
    ADD CONSTRAINT opening_reminders_once UNIQUE (user_id, queue_id);

ALTER TABLE ONLY public.opening_reminders
    ADD CONSTRAINT opening_reminders_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.order_contacts
    ADD CONSTRAINT order_contacts_pkey PRIMARY KEY (order_id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT order_paid_once UNIQUE (order_id);

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT pass_pays_once UNIQUE (user_id, concert_id, pass_number);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_credential UNIQUE (credential_id);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.performances
    ADD CONSTRAINT performances_id_key UNIQUE (id);

ALTER TABLE ONLY public.performances
    ADD CONSTRAINT performances_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.posters
    ADD CONSTRAINT posters_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.push_notices
    ADD CONSTRAINT push_notices_once UNIQUE (endpoint, queue_id, kind, number);

ALTER TABLE ONLY public.push_notices
    ADD CONSTRAINT push_notices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.queue_actions
    ADD CONSTRAINT queue_actions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.queue_controls
    ADD CONSTRAINT queue_controls_pkey PRIMARY KEY (concert_id);

ALTER TABLE ONLY public.queue_generations
    ADD CONSTRAINT queue_generations_pkey PRIMARY KEY (concert_id);

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, digest);

ALTER TABLE ONLY public.refund_runs
    ADD CONSTRAINT refund_runs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.revoked_passes
    ADD CONSTRAINT revoked_passes_pkey PRIMARY KEY (user_id, concert_id);

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_once UNIQUE NULLS NOT DISTINCT (user_id, role, concert_id);

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.scheduler_runs
    ADD CONSTRAINT scheduler_runs_pkey PRIMARY KEY (minute);

ALTER TABLE ONLY public.seat_blocks
    ADD CONSTRAINT seat_blocks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT seat_sold_once PRIMARY KEY (performance_key, number);

ALTER TABLE ONLY public.seats
    ADD CONSTRAINT seats_pkey PRIMARY KEY (performance_key, number);

ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.sign_offs
    ADD CONSTRAINT sign_offs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sign_outs
    ADD CONSTRAINT sign_outs_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.terms
    ADD CONSTRAINT terms_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.terms
    ADD CONSTRAINT terms_version_key UNIQUE (version);

ALTER TABLE ONLY public.ticket_links
    ADD CONSTRAINT ticket_links_pkey PRIMARY KEY (order_id);

ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.wallets
    ADD CONSTRAINT wallets_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.wallets_room
    ADD CONSTRAINT wallets_room_pkey PRIMARY KEY (part);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (endpoint_id, event_id);

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_events
    ADD CONSTRAINT webhook_events_cause UNIQUE (type, cause);

ALTER TABLE ONLY public.webhook_events
    ADD CONSTRAINT webhook_events_pkey PRIMARY KEY (id);

CREATE UNIQUE INDEX box_office_idempotency ON public.box_office_sales USING btree (sold_by, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX box_office_surcharges_by_order ON public.box_office_surcharges USING btree (order_id);

CREATE INDEX cancellations_by_order ON public.cancellations USING btree (order_id);

CREATE UNIQUE INDEX cancellations_idempotency ON public.cancellations USING btree (user_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE UNIQUE INDEX checkouts_idempotency ON public.checkouts USING btree (user_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX checkouts_to_look_at ON public.checkouts USING btree (look_at) WHERE (look_at IS NOT NULL);

CREATE INDEX checkouts_with_a_lease ON public.checkouts USING btree (user_id, concert_id, pass_number) WHERE (lease_until IS NOT NULL);

CREATE INDEX disputes_of_order ON public.disputes USING btree (order_id);

CREATE INDEX email_confirmations_created ON public.email_confirmations USING btree (created_at);

CREATE INDEX email_confirmations_of_addresses ON public.email_confirmations USING btree (email, created_at);

CREATE INDEX email_confirmations_of_users ON public.email_confirmations USING btree (user_id);

CREATE INDEX history_by_age ON public.history USING btree (every_s, at);

CREATE INDEX identities_of_users ON public.identities USING btree (user_id);

CREATE INDEX merged_users_by_time ON public.merged_users USING btree (merged_at);

CREATE INDEX merged_users_of_users ON public.merged_users USING btree (user_id);

CREATE INDEX messages_due ON public.messages USING btree (due_at) WHERE (state = 'waiting'::text);

CREATE INDEX messages_of_orders ON public.messages USING btree (order_id);

CREATE INDEX opening_reminders_by_time ON public.opening_reminders USING btree (created_at);

CREATE INDEX opening_reminders_waiting ON public.opening_reminders USING btree (queue_id) WHERE (written_at IS NULL);

CREATE UNIQUE INDEX order_captured_once ON public.checkouts USING btree (order_id) WHERE (state = 'captured'::text);

CREATE UNIQUE INDEX orders_booking_number ON public.orders USING btree ("right"((id)::text, 12));

CREATE INDEX orders_by_user ON public.orders USING btree (user_id, id);

CREATE INDEX orders_counting ON public.orders USING btree (user_id, performance_key) WHERE (status = ANY (ARRAY['held'::text, 'paid'::text]));

CREATE INDEX orders_held_by_expiry ON public.orders USING btree (expires_at) WHERE (status = 'held'::text);

CREATE UNIQUE INDEX orders_idempotency ON public.orders USING btree (user_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX orders_in_phases ON public.orders USING btree (sale, performance_key) WHERE ((sale IS NOT NULL) AND (status = ANY (ARRAY['held'::text, 'paid'::text])));

CREATE INDEX passkeys_of_users ON public.passkeys USING btree (user_id, id);

CREATE INDEX password_resets_created ON public.password_resets USING btree (created_at);

CREATE INDEX password_resets_of_users ON public.password_resets USING btree (user_id);

CREATE UNIQUE INDEX payment_debited_once ON public.transfers USING btree (order_id) WHERE (kind = 'payment'::text);

CREATE UNIQUE INDEX payments_idempotency ON public.payments USING btree (user_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX push_notices_by_time ON public.push_notices USING btree (created_at);

CREATE INDEX push_notices_of_users ON public.push_notices USING btree (user_id);

CREATE INDEX push_notices_waiting ON public.push_notices USING btree (queue_id, kind, lane, number) WHERE (state = 'waiting'::text);

CREATE INDEX queue_actions_by_concert ON public.queue_actions USING btree (concert_id, id);

CREATE INDEX refund_runs_to_do ON public.refund_runs USING btree (requested_at) WHERE (state = 'running'::text);

CREATE INDEX refunds_by_order ON public.refunds USING btree (order_id);

CREATE UNIQUE INDEX refunds_by_reference ON public.refunds USING btree (checkout_id, reference) WHERE (reference IS NOT NULL);

CREATE UNIQUE INDEX refunds_idempotency ON public.refunds USING btree (order_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX refunds_in_cash_open ON public.refunds USING btree (id) WHERE ((destination = 'cash'::text) AND (state <> 'settled'::text));

CREATE UNIQUE INDEX refunds_instead_of ON public.refunds USING btree (instead_of) WHERE (instead_of IS NOT NULL);

CREATE INDEX refunds_to_cards_open ON public.refunds USING btree (id) WHERE ((destination = 'checkout'::text) AND (state <> 'settled'::text));

CREATE INDEX refunds_to_look_at ON public.refunds USING btree (look_at) WHERE (look_at IS NOT NULL);

CREATE INDEX revoked_passes_by_time ON public.revoked_passes USING btree (revoked_at);

CREATE INDEX role_grants_by_concert ON public.role_grants USING btree (concert_id) WHERE (concert_id IS NOT NULL);

CREATE INDEX seats_of_areas ON public.seats USING btree (performance_key, area, "position") WHERE (area IS NOT NULL);

CREATE INDEX sign_offs_of_concerts ON public.sign_offs USING btree (concert_id, signed_at);

CREATE INDEX sign_outs_by_time ON public.sign_outs USING btree (written_at);

CREATE UNIQUE INDEX top_up_credited_once ON public.transfers USING btree (user_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX transfers_by_user ON public.transfers USING btree (user_id, id);

CREATE INDEX transfers_surcharges ON public.transfers USING btree (order_id) WHERE (kind = 'surcharge'::text);

CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (endpoint_id, due_at) WHERE (state = 'waiting'::text);

CREATE INDEX webhook_deliveries_of_events ON public.webhook_deliveries USING btree (event_id);

CREATE INDEX webhook_events_created ON public.webhook_events USING btree (created_at);

CREATE TRIGGER box_office_sales_are_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.box_office_sales FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER box_office_surcharges_are_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.box_office_surcharges FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cancellation_policies_are_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.cancellation_policies FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cancellations_are_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.cancellations FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER draw_seed_is_keyed_never_changes BEFORE UPDATE OF draw_seed_is_keyed ON public.concerts FOR EACH ROW WHEN ((old.draw_seed_is_keyed IS DISTINCT FROM new.draw_seed_is_keyed)) EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER draw_seed_never_changes BEFORE UPDATE OF draw_seed ON public.concerts FOR EACH ROW WHEN ((old.draw_seed IS DISTINCT FROM new.draw_seed)) EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payments_are_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.payments FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER queue_actions_are_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.queue_actions FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER queue_settings_in_step BEFORE INSERT OR UPDATE ON public.concerts FOR EACH ROW EXECUTE FUNCTION public.keep_queue_settings_in_step('sale_opens_at', 'prequeue_opens_at', 'queueing_method', 'active_limit', 'admit_per_minute', 'entry_ttl_s', 'absent_after_s', 'place_ttl_s', 'joins_per_address_per_minute', 'proof_of_work');

CREATE TRIGGER queue_settings_in_step BEFORE INSERT OR UPDATE ON public.queue_controls FOR EACH ROW EXECUTE FUNCTION public.keep_queue_settings_in_step('sale_opens_at', 'prequeue_opens_at', 'queueing_method', 'active_limit', 'admit_per_minute', 'entry_ttl_s', 'absent_after_s', 'place_ttl_s', 'joins_per_address_per_minute', 'proof_of_work', 'message_ko', 'message_en', 'message_until');

CREATE TRIGGER refunded_at_most_what_was_paid AFTER INSERT OR UPDATE OF order_id, amount, state ON public.refunds FOR EACH ROW EXECUTE FUNCTION public.refuse_refund_beyond_payment();

CREATE TRIGGER terms_are_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.terms FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER transfers_are_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.transfers FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE ONLY public.box_office_sales
    ADD CONSTRAINT box_office_sales_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.box_office_sales
    ADD CONSTRAINT box_office_sales_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES public.transfers(id);

ALTER TABLE ONLY public.box_office_surcharges
    ADD CONSTRAINT box_office_surcharges_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.box_office_sales(order_id);

ALTER TABLE ONLY public.box_office_surcharges
    ADD CONSTRAINT box_office_surcharges_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES public.transfers(id);

ALTER TABLE ONLY public.cancellations
    ADD CONSTRAINT cancellations_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.checkouts
    ADD CONSTRAINT checkouts_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.checkouts
    ADD CONSTRAINT checkouts_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES public.transfers(id);

ALTER TABLE ONLY public.checkouts
    ADD CONSTRAINT checkouts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.wallets(user_id);

ALTER TABLE ONLY public.concerts
    ADD CONSTRAINT concerts_cancellation_fkey FOREIGN KEY (cancellation) REFERENCES public.cancellation_policies(digest);

ALTER TABLE ONLY public.concerts
    ADD CONSTRAINT concerts_phase_of_fkey FOREIGN KEY (phase_of) REFERENCES public.concerts(id);

ALTER TABLE ONLY public.concerts
    ADD CONSTRAINT concerts_poster_fkey FOREIGN KEY (poster) REFERENCES public.posters(digest);

ALTER TABLE ONLY public.disputes
    ADD CONSTRAINT disputes_checkout_id_fkey FOREIGN KEY (checkout_id) REFERENCES public.checkouts(id);

ALTER TABLE ONLY public.email_confirmations
    ADD CONSTRAINT email_confirmations_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT identities_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.opening_reminders
    ADD CONSTRAINT opening_reminders_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.order_contacts
    ADD CONSTRAINT order_contacts_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_performance_key_fkey FOREIGN KEY (performance_key) REFERENCES public.performances(key);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_concert_id_fkey FOREIGN KEY (concert_id) REFERENCES public.concerts(id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.performances
    ADD CONSTRAINT performances_concert_id_fkey FOREIGN KEY (concert_id) REFERENCES public.concerts(id);

ALTER TABLE ONLY public.performances
    ADD CONSTRAINT performances_plan_fkey FOREIGN KEY (plan) REFERENCES public.plans(digest);

ALTER TABLE ONLY public.queue_controls
    ADD CONSTRAINT queue_controls_concert_id_fkey FOREIGN KEY (concert_id) REFERENCES public.concerts(id);

ALTER TABLE ONLY public.queue_generations
    ADD CONSTRAINT queue_generations_concert_id_fkey FOREIGN KEY (concert_id) REFERENCES public.concerts(id);

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.refund_runs
    ADD CONSTRAINT refund_runs_performance_key_fkey FOREIGN KEY (performance_key) REFERENCES public.performances(key) ON DELETE CASCADE;

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_cancellation_id_fkey FOREIGN KEY (cancellation_id) REFERENCES public.cancellations(id);

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_instead_of_fkey FOREIGN KEY (instead_of) REFERENCES public.refunds(id);

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.revoked_passes
    ADD CONSTRAINT revoked_passes_concert_id_fkey FOREIGN KEY (concert_id) REFERENCES public.concerts(id);

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_concert_id_fkey FOREIGN KEY (concert_id) REFERENCES public.concerts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.seat_blocks
    ADD CONSTRAINT seat_blocks_concert_id_fkey FOREIGN KEY (concert_id) REFERENCES public.concerts(id);

ALTER TABLE ONLY public.seats
    ADD CONSTRAINT seats_performance_key_fkey FOREIGN KEY (performance_key) REFERENCES public.performances(key);

ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.ticket_links
    ADD CONSTRAINT ticket_links_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_performance_key_number_fkey FOREIGN KEY (performance_key, number) REFERENCES public.seats(performance_key, number);

ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.wallets(user_id);

ALTER TABLE ONLY public.wallets
    ADD CONSTRAINT wallets_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.webhook_events(id) ON DELETE CASCADE;
