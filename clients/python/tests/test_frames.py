from __future__ import annotations

import random
import unittest
from collections.abc import Iterator

from waggle.frames import (
    Binary,
    Close,
    Event,
    FrameError,
    FrameReader,
    Opcode,
    Ping,
    Pong,
    Text,
    encode,
    encode_close,
    is_close_code,
    mask,
)
from waggle.upgrade import accept_of, request_of

LIMIT = 10_000


def frame(opcode: int, payload: bytes = b"", *, final: bool = True, reserved: int = 0, length: bytes | None = None) -> bytes:
    """A frame of a server: without a mask, and with a length of the caller's choice."""
    size = len(payload)
    if length is None:
        length = bytes([size]) if size <= 125 else b"\x7e" + size.to_bytes(2, "big") if size <= 0xFFFF else b"\x7f" + size.to_bytes(8, "big")
    return bytes([(0x80 if final else 0) | reserved << 4 | opcode]) + length + payload


def read(data: bytes, limit: int = LIMIT) -> list[Event]:
    return list(FrameReader(limit).feed(data))


def parts_of(data: bytes, dice: random.Random) -> Iterator[bytes]:
    while data:
        size = dice.randint(1, len(data))
        yield data[:size]
        data = data[size:]


def unmasked(data: bytes) -> bytes:
    """A client's frame as a server would send it, so that the reader of this package can read what it writes."""
    wide = {126: 2, 127: 8}.get(data[1] & 0x7F, 0)
    start = 2 + wide
    key, payload = data[start : start + 4], data[start + 4 :]
    return bytes([data[0], data[1] & 0x7F]) + data[2:start] + bytes(b ^ key[i % 4] for i, b in enumerate(payload))


class FrameTests(unittest.TestCase):
    def refused(self, code: int, data: bytes, limit: int = LIMIT) -> None:
        with self.assertRaises(FrameError) as caught:
            read(data, limit)
        self.assertEqual(code, caught.exception.code, caught.exception)

    def test_the_examples_of_the_rfc(self) -> None:
        self.assertEqual([Text("Hello")], read(bytes([0x81, 0x05]) + b"Hello"))
        self.assertEqual(bytes.fromhex("818537fa213d7f9f4d5158"), encode(Opcode.TEXT, b"Hello", key=lambda n: bytes.fromhex("37fa213d")))
        self.assertEqual([Text("Hello")], read(bytes([0x01, 0x03]) + b"Hel" + bytes([0x80, 0x02]) + b"lo"))
        self.assertEqual([Ping(b"Hello")], read(bytes([0x89, 0x05]) + b"Hello"))
        self.assertEqual(b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", accept_of(b"dGhlIHNhbXBsZSBub25jZQ=="))

    def test_each_frame_of_a_client_is_masked_with_a_new_key(self) -> None:
        frames = {encode(Opcode.TEXT, b"same") for _ in range(20)}
        self.assertEqual(20, len(frames))
        for data in frames:
            self.assertTrue(data[1] & 0x80)
            self.assertEqual([Text("same")], read(unmasked(data)))

    def test_masking_twice_gives_the_same_bytes_for_each_length(self) -> None:
        dice = random.Random(1)
        for size in (*range(20), 125, 126, 127, 65_535, 65_536, 100_003):
            data, key = dice.randbytes(size), dice.randbytes(4)
            masked = mask(data, key)
            self.assertEqual(bytes(b ^ key[i % 4] for i, b in enumerate(data)), masked)
            self.assertEqual(data, mask(masked, key))

    def test_lengths_have_the_shortest_form(self) -> None:
        for size, head in ((0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)):
            self.assertEqual(head + 4 + size, len(encode(Opcode.BINARY, bytes(size))))
            self.assertEqual([Binary(bytes(size))], read(unmasked(encode(Opcode.BINARY, bytes(size))), 100_000))

    def test_random_messages_in_random_fragments_and_reads_arrive_whole_with_controls_between(self) -> None:
        alphabet = "abc äöü € 😀 \u2028\x00"
        for seed in range(300):
            dice = random.Random(seed)
            data, wanted = b"", list[Event]()
            for _ in range(dice.randint(1, 5)):
                text = "".join(dice.choice(alphabet) for _ in range(dice.choice((0, 1, 5, 200))))
                fragments = list(parts_of(text.encode(), dice)) or [b""]
                for i, part in enumerate(fragments):
                    data += frame(0 if i else 1, part, final=i == len(fragments) - 1)
                    if i < len(fragments) - 1 and dice.random() < 0.3:
                        ping = dice.randbytes(dice.randint(0, 125))
                        data += frame(9, ping) if dice.random() < 0.5 else frame(10, ping)
                        wanted.append(Ping(ping) if data[-len(ping) - 2] == 0x89 else Pong(ping))
                wanted.append(Text(text))
            data += frame(8, (1000).to_bytes(2, "big") + b"bye")
            wanted.append(Close(1000, "bye"))
            reader = FrameReader(LIMIT)
            seen = [event for part in parts_of(data, dice) for event in reader.feed(part)]
            self.assertEqual(wanted, seen, f"seed {seed}")
            self.assertEqual(0, reader.buffered)

    def test_random_bytes_end_in_events_or_a_violation_and_never_in_anything_else(self) -> None:
        codes = set[int]()
        for seed in range(3_000):
            dice = random.Random(seed)
            reader = FrameReader(LIMIT)
            try:
                for part in parts_of(dice.randbytes(dice.randint(1, 60)), dice):
                    for _ in reader.feed(part):
                        pass
            except FrameError as error:
                codes.add(error.code)
                self.assertEqual([], list(reader.feed(b"\x81\x00")), "nothing is read after a violation")
            self.assertLessEqual(reader.buffered, LIMIT)
        self.assertEqual({1002, 1007, 1009}, codes)

    def test_a_frame_that_is_changed_in_one_bit_is_read_or_refused(self) -> None:
        whole = frame(1, "grüße".encode(), final=False) + frame(9, b"p") + frame(0, b"!") + frame(8, b"\x03\xe8")
        for bit in range(8 * len(whole)):
            changed = bytearray(whole)
            changed[bit // 8] ^= 1 << bit % 8
            try:
                read(bytes(changed))
            except FrameError as error:
                self.assertIn(error.code, (1002, 1007, 1009))

    def test_fragments_without_an_order_are_refused(self) -> None:
        self.refused(1002, frame(0, b"a"))
        self.refused(1002, frame(1, b"a", final=False) + frame(1, b"b"))
        self.refused(1002, frame(1, b"a", final=False) + frame(2, b"b"))
        self.refused(1002, frame(1, b"a") + frame(0, b"b"))

    def test_control_frames_are_short_and_whole(self) -> None:
        for opcode in (8, 9, 10):
            self.refused(1002, frame(opcode, b"", final=False))
            self.refused(1002, frame(opcode, bytes(126)))
        self.assertEqual([Ping(bytes(125))], read(frame(9, bytes(125))))

    def test_reserved_bits_opcodes_and_masks_of_a_server_are_refused(self) -> None:
        for bits in range(1, 8):
            self.refused(1002, frame(1, b"a", reserved=bits))
        for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
            self.refused(1002, frame(opcode, b""))
        self.refused(1002, encode(Opcode.TEXT, b"masked"))

    def test_close_codes(self) -> None:
        self.assertEqual([Close(1005, "")], read(frame(8)))
        self.assertEqual([Close(4500, "replaced")], read(frame(8, (4500).to_bytes(2, "big") + b"replaced")))
        self.refused(1002, frame(8, b"\x03"))
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535):
            self.assertFalse(is_close_code(code))
            self.refused(1002, frame(8, code.to_bytes(2, "big")))
        self.refused(1007, frame(8, (1000).to_bytes(2, "big") + b"\xff"))

    def test_nothing_is_read_after_a_close(self) -> None:
        self.assertEqual([Close(1001, "")], read(frame(8, (1001).to_bytes(2, "big")) + frame(1, b"late")))

    def test_a_reason_that_is_too_long_is_cut_between_characters(self) -> None:
        event = read(unmasked(encode_close(1001, "ä" * 100)))[0]
        self.assertEqual(Close(1001, "ä" * 61), event)

    def test_a_message_beyond_the_limit_is_refused_by_its_head_before_its_bytes_arrive(self) -> None:
        self.assertEqual([Text("a" * LIMIT)], read(frame(1, b"a" * LIMIT)))
        self.refused(1009, frame(1, length=b"\x7e" + (LIMIT + 1).to_bytes(2, "big")))
        self.refused(1009, frame(2, length=b"\x7f" + (1 << 62).to_bytes(8, "big")))
        self.refused(1009, frame(1, b"a" * LIMIT, final=False) + frame(0, length=b"\x01"))

    def test_lengths_that_lie_are_refused(self) -> None:
        self.refused(1002, frame(1, b"a" * 5, length=b"\x7e\x00\x05"))
        self.refused(1002, frame(1, b"a" * 200, length=b"\x7f" + (200).to_bytes(8, "big")))
        self.refused(1002, frame(1, length=b"\x7f" + (1 << 63).to_bytes(8, "big")))
        # A length of more than what follows is a frame that has not arrived yet.
        reader = FrameReader(LIMIT)
        self.assertEqual([], list(reader.feed(frame(1, b"abc", length=b"\x64"))))
        self.assertEqual(5, reader.buffered)

    def test_text_that_is_not_utf_8_is_refused_in_the_fragment_that_shows_it(self) -> None:
        for text in (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"):
            self.refused(1007, frame(1, text))
        euro = "€".encode()
        self.assertEqual([Text("€")], read(frame(1, euro[:1], final=False) + frame(0, euro[1:])))
        self.refused(1007, frame(1, b"fine \xff", final=False))
        self.refused(1007, frame(1, euro[:2], final=False) + frame(0, b"", final=True))

    def test_empty_fragments_take_no_memory(self) -> None:
        reader = FrameReader(LIMIT)
        list(reader.feed(frame(1, b"a", final=False)))
        for _ in range(1_000):
            self.assertEqual([], list(reader.feed(frame(0, final=False))))
        self.assertEqual([Text("a")], list(reader.feed(frame(0))))

    def test_the_request_of_an_upgrade(self) -> None:
        from urllib.parse import urlsplit

        request = request_of(urlsplit("ws://user:secret@example.org:81/hub/ws/waggle?a=b"), b"key").decode()
        self.assertTrue(request.startswith("GET /hub/ws/waggle?a=b HTTP/1.1\r\nHost: example.org:81\r\n"), request)
        self.assertNotIn("secret", request)
        self.assertTrue(request.endswith("\r\n\r\n"))
