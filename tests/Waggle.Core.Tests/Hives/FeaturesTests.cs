using Waggle.Core.Hives;
using Waggle.Protocol.Topics;

namespace Waggle.Core.Tests.Hives;

/// <summary>What holds for every feature of the core.</summary>
public class FeaturesTests
{
    public static TheoryData<string> Topics { get; } = [.. Features.All.SelectMany(f => f.Topics.Keys)];

    [Theory]
    [MemberData(nameof(Topics))]
    public void Every_topic_of_a_feature_may_be_subscribed(string root)
    {
        Assert.True(TopicPattern.TryParse($"{root}.#", out var pattern));
        Assert.Null(Topic.UnknownRoot(pattern));
    }
}
