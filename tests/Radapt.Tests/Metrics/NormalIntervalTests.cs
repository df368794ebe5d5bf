using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class NormalIntervalTests
{
    [Fact]
    public void Logit_NearOne_StaysBelowAndIsWiderBelow()
    {
        Interval plain = NormalInterval.Plain(0.97, 0.03, 0.95);
        Interval logit = NormalInterval.Logit(0.97, 0.03, 0.95)!.Value;
        Assert.Equal(1, plain.Upper);
        Assert.InRange(logit.Upper, 0.97, 0.9999);
        Assert.True(0.97 - logit.Lower > logit.Upper - 0.97);
        // By hand: logit(.97) = 3.4761, half = 1.95996 x .03 / (.97 x .03) = 2.0206.
        Assert.Equal(1 / (1 + Math.Exp(-(3.4760986 - 2.0205814))), logit.Lower, 6);
    }

    [Fact]
    public void Logit_AtTheEnds_IsUndefined()
    {
        Assert.Null(NormalInterval.Logit(1, 0.1, 0.95));
        Assert.Null(NormalInterval.Logit(0, 0.1, 0.95));
    }
}
