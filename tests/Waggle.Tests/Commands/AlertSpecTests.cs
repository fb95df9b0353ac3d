using Waggle.Commands;
using Waggle.Core.Insight;

namespace Waggle.Tests.Commands;

public class AlertSpecTests
{
    [Theory]
    [InlineData("disk_space=95", 95, 93, 60)]
    [InlineData("disk_space=95/90", 95, 90, 60)]
    [InlineData("disk_space=95.5/90/2m", 95.5, 90, 120)]
    [InlineData("disk_space=0/-1/0s", 0, -1, 0)]
    public void A_rule_gets_other_numbers(string spec, double threshold, double resolve, int seconds)
    {
        Assert.True(AlertSpecs.IsGood(spec));
        var rules = AlertSpecs.Apply([spec]);
        var rule = rules.Single(r => r.Name == "disk_space");
        Assert.Equal((threshold, resolve, seconds), (rule.Threshold, rule.Resolve, (int)rule.For.TotalSeconds));
        Assert.Equal(AlertRules.Standard.Where(r => r.Name != "disk_space"), rules.Where(r => r.Name != "disk_space"));
    }

    [Fact]
    public void A_rule_is_switched_off_and_the_last_word_counts()
    {
        Assert.DoesNotContain(AlertSpecs.Apply(["host_cpu=95", "host_cpu=off"]), r => r.Name == "host_cpu");
        Assert.Equal(97, AlertSpecs.Apply(["host_cpu=off", "host_cpu=97"]).Single(r => r.Name == "host_cpu").Threshold);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host_cpu")]
    [InlineData("host_cpu=")]
    [InlineData("host_cpu=high")]
    [InlineData("host_cpu=NaN")]
    [InlineData("host_cpu=80/90")]
    [InlineData("host_cpu=90/80/soon")]
    [InlineData("host_cpu=90/80/1m/2")]
    [InlineData("hostcpu=90")]
    [InlineData("=90")]
    public void Another_text_is_no_rule(string spec) => Assert.False(AlertSpecs.IsGood(spec));
}
