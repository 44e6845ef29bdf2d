"""The words that headings are made of, and the phrases that mean a field. Facts, no code to speak of.

A heading is taken apart into words (`etl.values.words`), each word is put in its plain English form by
`WORDS`, and the phrases of `PHRASES` are looked for among them, in any order. So "Proj. Ref. Nr",
"ProjectReferenceNo" and "Projek verwysingsnommer" are one phrase, and no heading has to be listed whole.

Sources of the words: the headers of National Treasury's Infrastructure Reporting Model, parliamentary
questions on water projects (pmg.org.za), DWS and COGTA workshop decks, field names as DevExpress grids spell
them, MIG-MIS forms, and Afrikaans as municipal reports use it. The dashboard's own headings are not
documented: a steward adds what these words do not reach, without a release.
"""

from __future__ import annotations

# abbreviation, other form or Afrikaans → plain words
_WORDS = """
proj=project prj=project projects=project projek=project projekte=project skema=scheme schemes=scheme
sub=sub no=number nr=number num=number numb=number nos=number nommer=number nrs=number ref=reference
refs=reference verwysing=reference verw=reference identifier=id identification=id kode=code unieke=unique
uniq=unique reg=registration registrasie=registration naam=name names=name titel=title desc=description
descr=description descrip=description beskrywing=description omskrywing=description detail=description
details=description omvang=scope works=work werk=work werke=work mun=municipality muni=municipality
munic=municipality municipal=municipality municipalities=municipality munisipaliteit=municipality
munisipale=municipality munisipaal=municipality plaaslike=local metropole=metro metropolitan=metro
metropolitaanse=metro lm=lm lms=lm wsas=wsa wsp=wsp distrik=district distriks=district
dist=district distr=district prov=province provincial=province
provinsie=province provinsiale=province program=programme programmes=programme programs=programme
progr=programme fin=fin grants=grant toekenning=grant toelae=grant funds=fund funding=fund fonds=fund
befondsing=fund funder=funder befondser=funder src=source bron=source tipe=type types=type
kategorie=category cat=category categ=category soort=type stat=status toestand=status state=status
stadium=stage stages=stage fase=phase phases=phase prog=prog vordering=progress physical=physical
phys=physical fisiese=physical fis=physical perc=percent pct=percent percentage=percent persentasie=percent
pers=percent persent=percent percent=percent complete=complete completed=complete compl=complete
comp=complete completion=completion voltooi=complete voltooid=complete voltooiing=completion
voltooiings=completion cmpl=complete completn=completion bud=budget budg=budget bdgt=budget budgeted=budget
budgets=budget begroting=budget begroot=budget begrote=budget begrotings=budget cost=cost costs=cost
costing=cost koste=cost kost=cost val=value values=value waarde=value amt=amount amnt=amount amounts=amount
bedrag=amount appr=approved app=approved approv=approved appvd=approved apprvd=approved
goedgekeurde=approved goedgekeur=approved tot=total totaal=total totale=total alloc=allocation
allocated=allocation toewysing=allocation allocations=allocation est=estimated estim=estimated
estimate=estimated beraamde=estimated geskatte=estimated curr=current huidige=current rev=revised
hersiene=revised orig=original oorspronklike=original adj=adjusted aangepaste=adjusted overall=overall
exp=expenditure expend=expenditure expd=expenditure expnd=expenditure expenditures=expenditure
expenses=expenditure expense=expenditure expdt=expenditure uitgawe=expenditure uitgawes=expenditure
besteding=expenditure bestee=spent spend=spent spending=spent spnt=spent paid=paid betaal=paid betaalde=paid
payments=payment pmt=payment betalings=payment betaling=payment cum=cumulative cumul=cumulative
kumulatiewe=cumulative act=actual werklike=actual werklik=actual ytd=year,date ptd=todate
disbursed=disbursed disbursement=disbursed disbursements=disbursed claims=claim dt=date dte=date datum=date
dates=date
begin=start begins=start aanvang=start strt=start started=start
starting=start commence=start commencement=start commenced=start comm=start finish=end finished=end
finishing=end einde=end ended=end ending=end eind=end due=due exp'd=expected expctd=expected
expected=expected verwagte=expected antic=expected anticipated=expected proj'd=projected projected=projected
plan=planned plnd=planned planned=planned planning=planning beplande=planned beplan=planned target=planned
targeted=planned scheduled=planned sched=planned schedule=schedule teiken=planned forecast=forecast
forecasted=forecast contr=contr contractors=contractor kontrakteur=contractor aannemer=contractor
cntr=contractor builder=builder kontrak=contract contracted=contract
appointed=appointed aangestelde=appointed main=main
hoof=main principal=principal impl=implementing imp=implementing implementation=implementing
implement=implementing implementer=implementer implementor=implementer
uitvoerende=implementing agt=agent agnt=agent agents=agent
agentskap=agency agencies=agency ia=implementing,agent lat=latitude lats=latitude breedtegraad=latitude
long=longitude lon=longitude lng=longitude lengtegraad=longitude coord=coordinate coords=coordinate
coordinates=coordinate koordinate=coordinate koördinate=coordinate ordinate=coordinate ordinates=coordinate
gps=gps geo=geo
refno=reference,number
prev=previous vorige=previous prior=previous fy=annual boekjaar=annual jaar=annual south=south suid=south
east=east oos=east executing=implementing implem=implementing firm=company maatskappy=company nm=name
complt=complete kind=type finance=finance financial=finance finansiële=finance van=of die=the vir=for
tot-op-datum=todate op=on en=and per=per
aanvangs=start implementerings=implementing verwysings=reference munisipaliteits=municipality
""".split()
# words that say nothing about which field it is
_NEUTRAL = (
    "of the a an for and on in as at by per the project scheme our ref date published source dws official"
)
WORDS: dict[str, tuple[str, ...]] = {
    written: tuple(plain.split(",")) for written, _, plain in (entry.partition("=") for entry in _WORDS)
}
NEUTRAL = frozenset(_NEUTRAL.split())
# Words of columns that are no field of ours, whatever their values look like
OTHER = frozenset(
    "action actions annual attachment balance beneficiaries beneficiary bid captured capturer cell"
    " certificate challenge challenges cidb claim comment comments consultant contact count document"
    " email engineer fax household households invoice job jobs link manager mitigation modified month"
    " note notes opmerking opmerkings person phone photo photos population previous printed quarter"
    " reason reasons refreshed remark remarks report retention risk risks safety savings settlement"
    " telephone tender town towns updated user variance variation vat village villages ward wards"
    " weather women wyk youth task tasks milestone milestones activity activities deliverable"
    " deliverables dam dams employee company bidder school clinic designation salary vacancy vendor vendors"
    " supplier suppliers client clients applicant applicants owner owners sponsor donor councillor"
    " councillors bank developer inspector supervisor".split()
)
# words with two plain forms: each is tried
EITHER = {
    "prog": ("progress", "programme"),
    "contr": ("contractor", "contract"),
    "fin": ("end", "finance"),
    "cons": ("contractor", "construction"),
    "approp": ("appropriation", "approved"),
}

# Words of another thing that stands in where the plain one is not published, and how far it is from that: an
# actual date is nearer than an estimated one. It may differ from the plain one without contradicting it.
STAND_INS = {
    "current": 0.03, "actual": 0.04, "construction": 0.05, "contract": 0.05, "final": 0.06,
    "practical": 0.06, "stage": 0.06, "revised": 0.07, "expected": 0.08, "anticipated": 0.08,
    "projected": 0.08, "forecast": 0.08, "estimated": 0.08, "planned": 0.09, "original": 0.1, "phase": 0.1,
}  # fmt: skip

# field → {weight: phrases}: a phrase is a set of plain words, and its weight says how well they mean the
# field; of two headings of one field the better one is read. "helps": words that fit beside them; "never":
# words with which it is something else
PHRASES: dict[str, dict[str, str]] = {
    "external_id": {
        "0.6": "file number",
        "1.0": "project number",
        "0.995": "project id",
        "0.99": "project code|project key",
        "0.985": "project reference|project registration",
        "0.98": "unique id|unique number",
        "0.975": "reference number|reference code",
        "0.97": "scheme number|scheme id|scheme code|scheme reference",
        "0.965": "pmd number|pmd id|mig number|rbig number|wsig number|wp number",
        "0.7": "reference|id|registration number|project unique",
        "0.68": "key",
        "0.55": "code|project|scheme",  # where its values are codes
        "helps": "project scheme unique system national internal mig rbig wsig iati pmd wp dws number"
        " reference id registration wsa programme grant mis",
        "never": "municipality district province lm dm mdb contract contractor tender bid order"
        " account vote ward erf phone telephone cell fax name title date type status stage"
        " cost budget agent supplier invoice",
    },
    "name": {
        "1.0": "project name|scheme name|project title|scheme title|name project scheme",
        "0.76": "project|scheme",
        "0.75": "name|title",
        "helps": "project scheme full official short name title water works work and",
        "never": "municipality district province lm dm wsa contractor consultant agent agency"
        " programme grant manager person officer official number id code status type stage"
        " phase start end date cost budget value amount expenditure total count category"
        " progress percent reference town village ward department supplier year size duration"
        " class group funder source fund completion description scope planned task activity milestone"
        " deliverable risk issue employee contact company bidder vendor client applicant owner sponsor donor"
        " councillor bank developer inspector supervisor",
    },
    "description": {
        "1.0": "description|scope|project description|scope work|description work",
        "0.7": "nature work",
        "helps": "project scheme brief detailed short work scope full",
        "never": "municipality status type number date cost risk challenge reason",
    },
    "municipality": {
        "1.0": "municipality|lm|local municipality|municipality name",
        "0.98": "metro|mdb code|municipality code",
        "0.97": "wsa|water service authority|water services authority",
        "0.6": "local authority|municipality area",
        "helps": "local name code beneficiary benefitting wsa water services service authority area"
        " metro lm responsible mdb category lm/metro",
        "never": "district province number contribution manager contact own budget cost count wsp dm",
    },
    "district": {
        "1.0": "district|district municipality|dm|district council",
        "helps": "municipality name code council metro dm",
        "never": "province count manager contribution",
    },
    "province": {
        "1.0": "province",
        "0.55": "region",
        "helps": "name code region",
        "never": "count contribution",
    },
    "programme": {
        "1.0": "programme|fund programme|grant programme|programme name|programme code|budget programme",
        "0.97": "grant|grant type",
        "0.95": "fund source|source finance|funder",
        "0.7": "fund",
        "helps": "name code type primary source fund main budget programme",
        "never": "implementing agent number amount value total year manager date contribution percent"
        " schedule",
    },
    "project_type": {
        "1.0": "project type|infrastructure type|scheme type|service type|work type|project category"
        "|type project|type scheme",
        "0.68": "type|category",
        "helps": "project scheme infrastructure name service work category",
        "never": "grant fund contract programme status municipality date year settlement risk",
    },
    "status": {
        "1.0": "status|stage|project status|project stage|implementing status|construction status"
        "|current stage|current status|phase status|implementing phase|status project",
        "0.8": "current phase",
        "0.65": "phase|state",
        "helps": "current project implementing construction stage phase overall latest reported work",
        "never": "number date percent description payment contract tender comment code id approval"
        " report environmental previous budget funding fund",
    },
    "progress_percentage": {
        "1.0": "physical progress|progress|percent progress|construction progress|actual progress",
        "0.985": "percent complete|percent completion|percent done|percent work done|percent physical",
        "0.75": "percent|complete",
        "helps": "physical overall actual construction work todate to date project current percent"
        " complete progress completion reported done total",
        "never": "end start expenditure spent finance budget planned previous target date programme"
        " vat claim cost jobs women youth local variance expected projected forecast report"
        " comment description design procurement tender last this month monthly week quarter partial",
    },
    "budget": {
        "1.0": "total project cost|project cost",
        "0.995": "total cost",
        "0.99": "total budget|project budget|budget",
        "0.985": "approved budget|approved cost",
        "0.98": "estimated cost|scheme cost|total value|project value",
        "0.8": "cost|project amount|approved amount|total project amount",
        "0.7": "value",
        "0.65": "appropriation|project allocation|total allocation|approved allocation",
        "0.4": "vote",  # money, or the number of an account: for a steward to say
        "helps": "total approved project overall current estimated projected revised full final scheme amount"
        " value cost budget allocation incl vat",
        "never": "expenditure spent paid payment previous prior adjustment variation remaining balance"
        " variance annual year monthly month quarter retention fee professional committed"
        " transferred available shortfall counter unspent percent programme contract"
        " consultant per household holder manager year,date original to-date todate disbursed"
        " number vote date source type status line item category savings overrun underspend"
        " actual operating maintenance forecast next claim own complete left unit cycle portion share"
        " partial",
    },
    "expenditure": {
        "1.0": "budget spent|budget used|expenditure|expenditure todate|spent|spent todate"
        "|amount spent|total paid|paid todate|payment todate|cumulative expenditure"
        "|actual cost todate|cost todate|total spent|disbursed todate|cumulative payment"
        "|actual cost",
        "0.75": "disbursed|payment|paid",
        "helps": "total cumulative actual amount project todate to date overall cost",
        "never": "previous prior annual year month monthly quarter planned projected forecast budget"
        " percent remaining unspent date expected next adjustment variance last line item"
        " category number vote jobs claim contractor consultant retention current fruitless irregular"
        " wasteful unauthorised portion share partial",
    },
    "start_date": {
        "1.0": "start date|start",
        "0.6": "site handover|from",
        "helps": "date project construction planned actual estimated contract expected revised work"
        " implementing of original",
        "never": "end completion percent cost budget status progress finish fund grant operation operational"
        " delay design tender procurement study feasibility maintenance defect defects liability partial",
    },
    "completion_date": {
        "1.0": "completion date|end date|completion|end|complete date|due date",
        "0.6": "complete|planned complete|due|planned date",
        "helps": "date project construction planned actual estimated contract expected revised"
        " practical final projected work of original current",
        "never": "source fund start percent cost budget progress status report physical financial year"
        " grant design tender procurement study feasibility maintenance defect defects liability partial",
    },
    "contractor": {
        "1.0": "construction company|building company|contractor|service provider|contractor name",
        "0.6": "builder|appointed company",
        "helps": "main name principal appointed construction current project company",
        "never": "number date value amount consultant cost contact budget cidb payment",
    },
    "implementing_agent": {
        "1.0": "implementing agent|implementing agency|implementer|implementing authority"
        "|implementing institution",
        "0.8": "agent name",
        "0.65": "agent|agency",
        "helps": "name project programme of main",
        "never": "number fee cost date amount estate social contact",
    },
    "latitude": {
        "1.0": "gps south|coordinate south|latitude|y coordinate",
        "0.6": "y",
        "helps": "gps coordinate s dd decimal degree y",
        "never": "longitude x",
    },
    "longitude": {
        "1.0": "gps east|coordinate east|longitude|x coordinate",
        "0.6": "x",
        "helps": "gps coordinate e dd decimal degree x",
        "never": "latitude y",
    },
    "coordinates": {
        "1.0": "coordinate|latitude longitude|gps coordinate|gps location|geo coordinate|gps|gps code",
        "helps": "project location code geo geographic gps site",
        "never": "number x y south east",
    },
}
FIELDS: tuple[str, ...] = tuple(PHRASES)
