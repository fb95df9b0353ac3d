using Waggle.Server.Hosting;

namespace Waggle.Server.Tests.Hosting;

public class ReturnWavesTests
{
    [Fact]
    public void Everybody_has_a_turn_and_the_window_grows_with_their_number()
    {
        var waves = new ReturnWaves(new Random(1));
        var waits = Enumerable.Range(0, 5000).Select(_ => waves.Next()).ToArray();
        Assert.Equal(waits.Order(), waits);
        Assert.InRange(waits[0], TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.501));
        Assert.InRange(waits[^1], TimeSpan.FromSeconds(2.499), TimeSpan.FromSeconds(2.5));

        // No second has more than its share.
        Assert.Equal(2500, waits.Count(w => w < TimeSpan.FromSeconds(1.5)));
    }

    [Fact]
    public void Nobody_waits_for_more_than_a_minute_beyond_the_restart()
    {
        var waves = new ReturnWaves(new Random(1));
        Assert.InRange(Enumerable.Range(0, 400_000).Max(_ => waves.Next()), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60.5));
    }
}
