namespace BindToInterface.EndToEnd;

/// <summary>A class of tests in a lab, whose packet counts begin at zero with each test.</summary>
public abstract class LabTest
{
    protected LabTest(Lab lab)
    {
        Lab = lab;
        lab.Reset();
    }

    protected Lab Lab { get; }
}
