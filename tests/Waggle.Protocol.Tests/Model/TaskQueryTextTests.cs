using System.Text.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Protocol.Tests.Model;

public sealed class TaskQueryTextTests
{
    [Fact]
    public void A_filter_is_read_and_written()
    {
        Assert.True(TaskQueryText.TryParse("state:failed,expired swarm:s1 agent:a1 parent:t1 type:build error:3f9c0a17d2b48e65 login \"text:two words\"", out var query, out var problem));

        Assert.Null(problem);
        Assert.Equal([TaskState.Failed, TaskState.Expired], query.States!);
        Assert.Equal(("s1", "a1", "t1", "build", "3f9c0a17d2b48e65", "login two words"), (query.Swarm, query.Agent, query.Parent, query.Type, query.Error, query.Text));
        Assert.True(TaskQueryText.TryParse(TaskQueryText.Of(query), out var again, out _));
        Assert.Equal(query with { States = null }, again with { States = null });
    }

    /// <summary>The dashboard reads the same examples.</summary>
    [Fact]
    public void The_examples_of_the_specification_are_read_as_they_say()
    {
        using var examples = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Checkout.Root, "spec", "task-filters.json")));
        foreach (var example in examples.RootElement.EnumerateArray())
        {
            var isRead = TaskQueryText.TryParse(example.GetProperty("text").GetString()!, out var query, out var problem);
            Assert.Equal(!example.TryGetProperty("problem", out var expected), isRead);
            if (!isRead)
            {
                Assert.StartsWith(expected.GetString()!, problem, StringComparison.Ordinal);
                continue;
            }

            var meant = example.GetProperty("query").Deserialize(HubJson.Default.TaskQuery)!;
            Assert.Equal(meant.States ?? [], query.States ?? []);
            Assert.Equal(meant with { States = null }, query with { States = null });
        }
    }

    [Theory]
    [InlineData("state:lost", "lost")]
    [InlineData("colour:red", "colour")]
    [InlineData("swarm:", "swarm:")]
    public void What_is_not_understood_is_named(string text, string part)
    {
        Assert.False(TaskQueryText.TryParse(text, out _, out var problem));
        Assert.Contains(part, problem, StringComparison.Ordinal);
    }
}
