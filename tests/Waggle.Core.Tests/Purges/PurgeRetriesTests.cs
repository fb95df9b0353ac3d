using Waggle.Core.Purges;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Purges;

public sealed class PurgeRetriesTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void The_pause_doubles_with_each_failure_up_to_ten_minutes_and_a_success_ends_it()
    {
        var retries = new PurgeRetries(_time);
        var pauses = new List<double>();
        for (var i = 0; i < 80; i++)
        {
            retries.Failed("p1");
            pauses.Add((retries.DueOf("p1") - _time.GetUtcNow()).TotalSeconds);
        }

        Assert.Equal([1, 2, 4, 8, 16], pauses.Take(5));
        Assert.All(pauses.Skip(10), p => Assert.Equal(600, p));
        Assert.True(retries.DueOf("p2") < _time.GetUtcNow());
        retries.Succeeded("p1");
        Assert.True(retries.DueOf("p1") < _time.GetUtcNow());
    }
}
