using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Dialects.Hosting;

namespace Waggle.Dialects.Tests.Hosting;

/// <summary>The rules by which a token may replace another on a connection.</summary>
public sealed class SessionCredentialTests
{
    private static readonly Principal Ann = new("ann", "main", null, new HashSet<string> { Permissions.WorkTasks });

    [Fact]
    public void A_fresh_token_of_the_same_user_is_taken() => Assert.Null(SessionCredential.RefreshProblem(Ann, agent: null, Ann));

    [Fact]
    public void A_token_of_another_user_is_not() =>
        Assert.Contains("the token is for 'bob'", SessionCredential.RefreshProblem(Ann, agent: null, Ann with { Subject = "bob" }), StringComparison.Ordinal);

    [Fact]
    public void A_worker_keeps_its_user_and_needs_the_permission_to_work()
    {
        Assert.Null(SessionCredential.RefreshProblem(Ann.For("a1"), "a1", Ann));
        Assert.Contains(
            Permissions.WorkTasks,
            SessionCredential.RefreshProblem(Ann.For("a1"), "a1", Ann with { Permissions = new HashSet<string>() }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_for_another_agent_is_not_taken()
    {
        Assert.Null(SessionCredential.RefreshProblem(Ann.For("a1"), "a1", Ann with { OnlyAgent = "a1" }));
        Assert.Contains("'a2'", SessionCredential.RefreshProblem(Ann.For("a1"), "a1", Ann with { OnlyAgent = "a2" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s1", "s1,s2", true)]
    [InlineData("s1,s2", "s1", false)]
    [InlineData(null, "s1", false)]
    [InlineData("s1", null, true)]
    public void What_an_agent_holds_stays_within_reach(string? current, string? fresh, bool taken)
    {
        var problem = SessionCredential.RefreshProblem(Ann.For("a1") with { Swarms = Swarms(current) }, "a1", Ann with { Swarms = Swarms(fresh) });
        Assert.Equal(taken, problem is null);
        Assert.Null(SessionCredential.RefreshProblem(Ann with { Swarms = Swarms(current) }, agent: null, Ann with { Swarms = Swarms(fresh) }));
    }

    private static HashSet<string>? Swarms(string? names) => names?.Split(',').ToHashSet();
}
