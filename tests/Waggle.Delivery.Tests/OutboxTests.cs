using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests;

public class OutboxTests
{
    private long _sequence;

    [Fact]
    public void The_oldest_stream_records_are_dropped_and_one_gap_replaces_them()
    {
        var outbox = new Outbox(new OutboxLimits { MaxDroppable = 3 });
        Assert.True(outbox.TryAddKept(Message()));
        for (var i = 0; i < 10; i++) outbox.AddDroppable(Stream("a"));

        var taken = Take(outbox);
        Assert.Equal([EntryKind.Message, EntryKind.Gap, EntryKind.Record, EntryKind.Record, EntryKind.Record], taken.Select(e => e.Kind));
        Assert.Equal((2L, 8L, 7L), (taken[1].Position.Offset, LostIn(taken[1]).To.Offset, LostIn(taken[1]).Dropped));
        Assert.Equal((7, 1), (outbox.Dropped, outbox.SlowEpisodes));
    }

    [Fact]
    public void A_newer_value_replaces_the_older_one_without_a_gap()
    {
        var outbox = new Outbox(new OutboxLimits());
        for (var i = 0; i < 5; i++)
        {
            outbox.AddDroppable(Latest("p1"));
            outbox.AddDroppable(Latest("p2"));
        }

        Assert.Equal(["p1", "p2"], Take(outbox).Select(e => e.Topic));
        Assert.Equal(0, outbox.Dropped);
    }

    [Fact]
    public void The_memory_of_a_client_that_never_reads_depends_only_on_the_entries_that_wait()
    {
        var outbox = new Outbox(new OutboxLimits { MaxDroppable = 10 });
        for (var i = 0; i < 100_000; i++)
        {
            outbox.AddDroppable(Latest($"p{i % 3}"));
            outbox.AddDroppable(Stream("s"));
        }

        Assert.True(outbox.Capacity <= 64, $"{outbox.Capacity} places");
        Assert.True(outbox.Count <= 10);
        var taken = Take(outbox);
        Assert.Equal(outbox.Dropped, taken.Where(e => e.Kind == EntryKind.Gap).Sum(e => LostIn(e).Dropped));
        Assert.Equal("s", taken[^1].Topic);
    }

    [Fact]
    public void Replies_and_durable_records_above_the_limit_are_rejected()
    {
        var outbox = new Outbox(new OutboxLimits { MaxKept = 3 });
        Assert.True(outbox.TryAddKept(Message()));
        Assert.True(outbox.TryAddKept(Durable()));
        Assert.True(outbox.TryAddKept(Durable()));
        Assert.False(outbox.TryAddKept(Message()));
        Assert.Equal(3, Take(outbox).Count);
        Assert.True(outbox.TryAddKept(Message()));
    }

    [Fact]
    public void Droppable_records_are_dropped_for_messages_that_are_not()
    {
        var outbox = new Outbox(new OutboxLimits { MaxBytes = 1000 });
        Assert.True(outbox.TryAddKept(Message(100)));
        for (var i = 0; i < 9; i++) outbox.AddDroppable(Stream("a", 100));
        Assert.True(outbox.TryAddKept(Message(800)));
        Assert.Equal(8, outbox.Dropped);
        Assert.False(outbox.TryAddKept(Message(200)));
    }

    [Fact]
    public void A_message_above_the_limit_is_accepted_if_no_other_waits()
    {
        var outbox = new Outbox(new OutboxLimits { MaxBytes = 1000 });
        Assert.True(outbox.TryAddKept(Message(5000)));
        Assert.False(outbox.TryAddKept(Message(1)));
        Assert.Single(Take(outbox));
        outbox.AddDroppable(Stream("a", 5000));
        outbox.AddDroppable(Stream("a", 5000));
        Assert.Equal([EntryKind.Gap, EntryKind.Record], Take(outbox).Select(e => e.Kind));
    }

    [Fact]
    public void No_entry_follows_the_farewell()
    {
        var outbox = new Outbox(new OutboxLimits());
        Assert.True(outbox.TryAddKept(Message()));
        outbox.Complete(Message(7), discard: false);
        Assert.True(outbox.TryAddKept(Message()));
        outbox.AddDroppable(Stream("a"));
        outbox.Complete(Message(9), discard: false);
        Assert.Equal([10, 7], Take(outbox).Select(e => e.Body.Length));

        var slow = new Outbox(new OutboxLimits());
        Assert.True(slow.TryAddKept(Message()));
        slow.Complete(Message(7), discard: true);
        Assert.Equal(7, Assert.Single(Take(slow)).Body.Length);
        Assert.Equal(0, slow.Bytes);
    }

    [Fact]
    public void The_order_is_kept_and_every_loss_is_reported() => Gen.ForAll(600, gen =>
    {
        _sequence = 0;
        var limits = new OutboxLimits { MaxKept = gen.Int(3, 40), MaxDroppable = gen.Int(1, 20), MaxBytes = gen.Pick(100, 2000, 1_000_000) };
        var outbox = new Outbox(limits);
        var kept = new List<long>();
        var droppable = new List<Entry>();
        var taken = new List<Entry>();
        for (var step = gen.Int(0, 400); step > 0; step--)
        {
            var size = gen.Int(0, 90);
            switch (gen.Int(0, 9))
            {
                case 0 or 1:
                    var entry = gen.Bool() ? Message(size) : Durable(size);
                    if (outbox.TryAddKept(entry)) kept.Add(entry.Position.Offset);
                    else Assert.True(outbox.Count >= limits.MaxKept || outbox.Bytes + size > limits.MaxBytes);
                    break;
                case 2 or 3 or 4:
                    Add(Stream("s", size));
                    break;
                case 5 or 6 or 7:
                    Add(Latest($"p{gen.Int(0, 4)}", size));
                    break;
                default:
                    outbox.Take(taken, gen.Int(1, 12));
                    break;
            }

            Assert.True(outbox.Bytes <= limits.MaxBytes + 90);
            Assert.True(outbox.Count <= limits.MaxKept + limits.MaxDroppable);
        }

        while (outbox.Take(taken, 7) > 0)
        {
        }

        Assert.Equal((0, 0L), (outbox.Count, outbox.Bytes));
        Check(kept, droppable, taken, outbox.Dropped);

        void Add(Entry entry)
        {
            droppable.Add(entry);
            outbox.AddDroppable(entry);
        }
    });

    private static void Check(List<long> kept, List<Entry> droppable, List<Entry> taken, long dropped)
    {
        var records = taken.Where(e => e.Kind != EntryKind.Gap).ToList();
        var gaps = taken.Where(e => e.Kind == EntryKind.Gap).ToList();
        Assert.Equal(kept, records.Where(e => !IsDroppable(e)).Select(e => e.Position.Offset));
        var last = 0L;
        foreach (var entry in taken)
        {
            Assert.True(entry.Position.Offset > last, "out of order");
            last = entry.Kind == EntryKind.Gap ? LostIn(entry).To.Offset : entry.Position.Offset;
        }

        Assert.Equal(dropped, gaps.Sum(g => LostIn(g).Dropped));
        var arrived = records.Select(e => e.Position.Offset).ToHashSet();
        foreach (var lost in droppable.Where(d => !arrived.Contains(d.Position.Offset)))
        {
            var told = gaps.Exists(g => g.Position.Offset <= lost.Position.Offset && lost.Position.Offset <= LostIn(g).To.Offset);
            var superseded = lost.Class == RecordClass.Latest && droppable.Exists(d => d.Topic == lost.Topic && d.Position.Offset > lost.Position.Offset);
            Assert.True(told || superseded, $"{lost.Class} {lost.Position} is lost without a word");
        }

        foreach (var gap in gaps)
            Assert.InRange(LostIn(gap).Dropped, 1, droppable.Count(d => !arrived.Contains(d.Position.Offset) && gap.Position.Offset <= d.Position.Offset && d.Position.Offset <= LostIn(gap).To.Offset));
    }

    private static bool IsDroppable(Entry entry) => entry.Kind == EntryKind.Record && entry.Class != RecordClass.Durable;

    private static List<Entry> Take(Outbox outbox)
    {
        var taken = new List<Entry>();
        outbox.Take(taken, int.MaxValue);
        return taken;
    }

    private Entry Message(int size = 10) => Entry.Message(new EncodedMessage(new byte[size], Next()));

    private Entry Durable(int size = 10) => Entry.Record(new EncodedMessage(new byte[size], Next(), "d"));

    private Entry Stream(string topic, int size = 10) => Entry.Record(new EncodedMessage(new byte[size], Next(), topic, RecordClass.Stream));

    private Entry Latest(string topic, int size = 10) => Entry.Record(new EncodedMessage(new byte[size], Next(), topic, RecordClass.Latest));

    private static Gap LostIn(in Entry gap) => Assert.IsType<Gap>(gap.Content);

    private Position Next() => new(1, ++_sequence);
}
