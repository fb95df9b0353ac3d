using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class SameSpecTests
{
    private static readonly HiveOptions Options = new() { Lease = TimeSpan.FromSeconds(7), MaxAttempts = 5 };
    private static readonly TaskSpec Plain = new() { Title = "t", AssignTo = "x", IdempotencyKey = "k" };

    public static TheoryData<string, TaskSpec> Defaults => new()
    {
        { "input", Plain with { Input = RawJson.Parse("null") } },
        { "swarm", Plain with { Swarm = "default" } },
        { "requires", Plain with { Requires = new Dictionary<string, double>() } },
        { "priority", Plain with { Priority = 3 } },
        { "depends_on", Plain with { DependsOn = [] } },
        { "join", Plain with { Join = JoinRule.AllCompleted } },
        { "metadata", Plain with { Metadata = new Dictionary<string, string>() } },
        { "lease_ms", Plain with { LeaseMs = 7000 } },
        { "max_attempts", Plain with { MaxAttempts = 5 } },
        { "poison_losses", Plain with { PoisonLosses = 2 } },
        { "backoff_base_ms", Plain with { BackoffBaseMs = 2000 } },
        { "backoff_cap_ms", Plain with { BackoffCapMs = 300_000 } },
        { "cancel_grace_ms", Plain with { CancelGraceMs = 30_000 } },
    };

    [Theory]
    [MemberData(nameof(Defaults))]
    public void A_default_that_is_written_out_makes_no_other_request(string field, TaskSpec spoken)
    {
        Assert.True(SameSpec.Are(Plain, spoken, Options), field);
        Assert.True(SameSpec.Are(spoken, Plain, Options), field);
    }

    [Fact]
    public void A_weight_of_one_is_the_default_of_a_fairness_key()
    {
        var keyed = Plain with { Fairness = new("user:42") };

        Assert.True(SameSpec.Are(keyed, keyed with { Fairness = new("user:42", 1) }, Options));
        Assert.False(SameSpec.Are(keyed, keyed with { Fairness = new("user:42", 2) }, Options));
        Assert.False(SameSpec.Are(keyed, Plain, Options));
    }

    [Fact]
    public void Any_other_value_makes_another_request()
    {
        Assert.False(SameSpec.Are(Plain, Plain with { LeaseMs = 30_000 }, Options));
        Assert.False(SameSpec.Are(Plain, Plain with { Input = RawJson.Parse("0") }, Options));
        Assert.False(SameSpec.Are(Plain, Plain with { Join = JoinRule.AllEnded }, Options));
        Assert.False(SameSpec.Are(Plain, Plain with { Title = "u" }, Options));
    }

    [Fact]
    public void The_field_of_another_try_is_not_compared()
    {
        var traced = Plain with { Metadata = new Dictionary<string, string> { ["traceparent"] = "00-1-2-01" } };

        Assert.True(SameSpec.Are(Plain, traced, Options));
    }
}
