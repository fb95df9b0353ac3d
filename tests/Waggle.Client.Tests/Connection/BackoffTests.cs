namespace Waggle.Client.Tests.Connection;

public sealed class BackoffTests
{
    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), new Random(1));

    [Fact]
    public void A_pause_is_no_longer_than_the_owner_can_be_away() =>
        Assert.Equal(TimeSpan.FromSeconds(2), _backoff.Next(most: TimeSpan.FromSeconds(2), least: null));

    [Fact]
    public void A_pause_that_the_hub_asked_for_stands_above_the_owners() =>
        Assert.Equal(TimeSpan.FromSeconds(60), _backoff.Next(most: TimeSpan.FromSeconds(2), least: TimeSpan.FromSeconds(60)));

    [Fact]
    public void Without_limits_it_is_the_backoffs_own() => Assert.InRange(_backoff.Next(most: null, least: null).TotalSeconds, 7, 13);
}
