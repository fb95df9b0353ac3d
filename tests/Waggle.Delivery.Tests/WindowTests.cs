using Waggle.Protocol.Records;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests;

public class WindowTests
{
    [Fact]
    public void All_records_above_the_floor_are_present_within_the_limits() => Gen.ForAll(200, gen =>
    {
        int maxRecords = gen.Int(1, 20), maxBytes = gen.Int(1, 500);
        var window = new Window(maxRecords, maxBytes);
        var start = gen.Int(0, 100);
        window.Start(new(1, start));
        var all = new List<Record>();
        for (var i = 1; i <= gen.Int(0, 60); i++)
        {
            var record = new Record(new(1, start + i), "t", "k", RecordClass.Durable, default, null, new byte[gen.Int(0, 60)]);
            all.Add(record);
            window.Add(record);
            var inside = window.After(window.Floor).ToList();
            Assert.Equal(all.Where(r => r.Position.Offset > window.Floor), inside);
            Assert.True(inside.Count <= maxRecords && inside.Sum(r => r.Data.Length) <= maxBytes);
            Assert.Equal(all.Where(r => r.Position.Offset > start + i - 1 && r.Position.Offset > window.Floor), window.After(start + i - 1));
        }
    });
}
